"""A lesson: a place in a network with all that was prepared there, as one file."""
