"""Term by term along the lines of any cell: from a loss back through whole timesteps to one use of a parameter."""
