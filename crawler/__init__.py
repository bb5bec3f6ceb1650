"""What we watch, how we fetch it, how we read it."""
