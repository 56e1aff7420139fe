"""What the docks hold; no panel knows another."""
