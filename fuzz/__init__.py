"""The program under inputs nobody chose: what it must survive, and what it must answer or refuse."""
