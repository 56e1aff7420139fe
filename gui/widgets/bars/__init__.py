"""A chart of signed bars."""
