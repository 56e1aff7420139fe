"""The steps of an epoch, never listed, and where one stands among them."""
