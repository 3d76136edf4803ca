"""A raw record -> typed JSON, driven by the stream's schema."""
