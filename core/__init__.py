"""The arithmetic of a recurrent network, its steps, and what is said of them; nothing in it knows a window."""
