"""The form that makes a network of one's own."""
