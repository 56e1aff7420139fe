"""Initial parameters of one's own: their fields, and files that they are read from."""
