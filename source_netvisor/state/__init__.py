"""What STATE carries."""
