"""Typeset formulas with their numbers, and the ladder of a chain."""
