"""The manifest's words as objects."""
