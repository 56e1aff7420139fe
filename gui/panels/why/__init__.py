"""The Why panel: the trail of one number, and who uses it."""
