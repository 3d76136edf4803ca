"""Which reply comes next: prefetch, pages, batches of keys."""
