"""The parameter matrices, their gradients and updates."""
