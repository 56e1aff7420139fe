"""What one keeps in sight, and where one stops: expressions of numbers, and conditions on them."""
