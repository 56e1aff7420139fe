"""What can be done with a number, wherever it is shown: its menu, and what if it were another one."""
