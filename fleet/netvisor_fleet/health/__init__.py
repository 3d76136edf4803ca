"""How the companies are: the connector's check, and what Airbyte's jobs say."""
