"""A matrix of numbers, from cells to a heat map."""
