"""LaTeX to drawings that Qt can paint."""
