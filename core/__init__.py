"""The arithmetic of a recurrent network, step by step. Imports no Qt."""
