"""The bytes of a reply -> raw records."""
