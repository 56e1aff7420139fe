"""One step: its formula, its numbers, its words."""
