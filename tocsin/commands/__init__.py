"""The commands, a file for each group; tocsin.cli puts them together."""
