"""What learners do wrongly, and how that computes."""
