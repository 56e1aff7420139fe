"""The intermediate values by timestep."""
