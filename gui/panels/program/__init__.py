"""The steps of an epoch as a tree."""
