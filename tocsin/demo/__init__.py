"""The bundled archive of the founding case; README.md says what in it is documented and what is layout."""
