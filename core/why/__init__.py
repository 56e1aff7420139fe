"""Why a number is what it is: what it was made of, back to what was given, and who uses it."""
