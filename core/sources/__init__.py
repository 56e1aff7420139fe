"""Where a network comes from: a sheet, a file, a text of one's own."""
