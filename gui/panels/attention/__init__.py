"""The weights and scores of attention."""
