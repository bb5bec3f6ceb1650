"""The memory: every version ever read, what changed, who was told. The only package that knows SQL."""
