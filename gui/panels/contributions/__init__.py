"""What every term adds to a gradient, as bars."""
