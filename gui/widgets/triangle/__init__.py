"""Sizes of terms over loss and use."""
