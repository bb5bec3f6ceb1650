"""Digests: what a week or a day brought, compiled, put into words once, and given as mail, text, page, PDF and JSON."""
