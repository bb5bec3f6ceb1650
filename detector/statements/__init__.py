"""What a text states, as values that can be compared."""
