"""What a sync asks, and what follows from it: comparison, change filter and deletion log (docs/incremental.md)."""
