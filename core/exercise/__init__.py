"""The numbers of an exercise as they are printed, and the network that they are of."""
