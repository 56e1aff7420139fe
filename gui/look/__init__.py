"""Colours, icons, style."""
