"""The docks' contents, one file a panel."""
