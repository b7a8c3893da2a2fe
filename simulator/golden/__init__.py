"""Quoted figures kept as text: whether the program still gives them, and what moved them where it does not."""
