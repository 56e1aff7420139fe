"""Lines over the epochs."""
