"""One reader for each form a source is published in."""
