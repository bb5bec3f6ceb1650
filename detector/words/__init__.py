"""Which words say the same."""
