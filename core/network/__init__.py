"""What is computed: the network and its letters, the parameters, the symbols, the rule."""
