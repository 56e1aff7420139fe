"""How numbers, letters and files are written and read back."""
