"""A learner's numbers, read and judged."""
