"""A fleet of twelve simulated companies; `make fleet-demo` runs it."""
