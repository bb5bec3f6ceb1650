"""Pages that only scripts fill: what a browser makes of a shell, every request asked through the engine's gate."""
