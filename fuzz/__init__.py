"""Hostile input, in bulk: what is refused must be refused in one line, what is accepted must be what was written."""
