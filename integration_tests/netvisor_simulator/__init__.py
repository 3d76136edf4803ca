"""A Netvisor to test against: a real HTTP server with a made-up company, stricter than Netvisor itself."""
