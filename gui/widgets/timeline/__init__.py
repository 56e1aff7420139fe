"""The bar of an epoch's steps."""
