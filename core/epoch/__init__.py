"""The arithmetic of whole epochs: forward, backward, update."""
