"""The list compared with Airbyte, and the difference carried out."""
