"""An epoch looked at from a side: contributions, sizes, rules side by side, derivatives checked."""
