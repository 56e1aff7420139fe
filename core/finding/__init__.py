"""What is typed to get somewhere: the steps that it names, and how well it fits the words of all else."""
