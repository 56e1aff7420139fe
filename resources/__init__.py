"""Worksheets, icons, style and help: data."""
