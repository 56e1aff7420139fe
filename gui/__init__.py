"""The window on the arithmetic."""
