"""The dialog that puts the cards together, and its summary."""
