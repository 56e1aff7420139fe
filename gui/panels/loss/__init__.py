"""The loss over the epochs."""
