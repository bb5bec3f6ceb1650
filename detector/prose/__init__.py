"""What changed in running text."""
