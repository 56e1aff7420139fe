"""The shell: docks, toolbar, actions, help."""
