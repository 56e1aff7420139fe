"""What can be taken elsewhere: tables and arrays."""
