"""Who is told, how, and did it arrive."""
