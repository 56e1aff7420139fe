"""Rules side by side, their losses, derivatives checked."""
