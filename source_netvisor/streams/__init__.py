"""One stream's output: records, deletions, statuses, its state."""
