"""What changed, and does it matter."""
