"""The unrolled network, with the current path lit."""
