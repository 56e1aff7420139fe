"""Small things that many widgets use."""
