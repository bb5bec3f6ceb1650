"""What changed in facts: territories, notices, entries, rules; no model asked."""
