"""Whether a change matters."""
