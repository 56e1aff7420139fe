"""What is kept in sight, and where running stops."""
