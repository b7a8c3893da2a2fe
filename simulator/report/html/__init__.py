"""A report as one page: what came out, in sentences, tables and pictures, and what it rests on."""
