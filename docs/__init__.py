"""The documentation; the parts that are generated are made by `docs.generator`."""
