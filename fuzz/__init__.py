"""Campaigns of wrong input: what must be refused is refused, in words, and in time."""
