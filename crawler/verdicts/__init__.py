"""The rooms of the verdict: words, marks of services, cut bodies, and what the last good version says."""
