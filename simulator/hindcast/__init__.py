"""History replayed: episodes in, predictions beside what was observed, and what the misses teach."""
