"""What panels are built of; no widget knows a debugger."""
