"""The epoch as a line on which one can move."""
