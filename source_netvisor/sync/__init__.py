"""One sync."""
