"""What if a number were another one: the card that changes or holds it."""
