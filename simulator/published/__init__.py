"""What others have published, computed again with this engine: cases, premia, hazards, estimates and outcomes."""
