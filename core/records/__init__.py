"""What every value is made of: frozen dataclasses."""
