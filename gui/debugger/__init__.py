"""The one mutable object, its snapshot, and the words for both."""
