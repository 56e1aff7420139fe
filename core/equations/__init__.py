"""A network as a list of equations: what they come to, how they are written, and what flows back through them."""
