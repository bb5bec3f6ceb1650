"""The pages and the API: they show what store.history answers."""
