"""Which passage became which."""
