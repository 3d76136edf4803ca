"""The console script `netvisor-fleet`."""
