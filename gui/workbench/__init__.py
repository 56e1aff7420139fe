"""Makes everything and wires it."""
