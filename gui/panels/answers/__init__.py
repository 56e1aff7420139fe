"""What is said of a learner's number or lines."""
