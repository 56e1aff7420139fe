"""The step itself: formula, numbers, result, words."""
