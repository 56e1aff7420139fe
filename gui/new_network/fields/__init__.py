"""The fields that the form for a new network is made of."""
