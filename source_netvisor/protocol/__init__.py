"""Airbyte's messages, standard output, signals, error traces."""
