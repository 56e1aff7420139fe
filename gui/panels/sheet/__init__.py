"""What the sheet prints, beside what is computed."""
