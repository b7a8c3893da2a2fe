"""The program under inputs nobody chose and on machines that fail: what it must survive, answer or refuse."""
