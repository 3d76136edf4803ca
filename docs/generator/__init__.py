"""Makes docs/streams.md, the table in docs/architecture.md, docs/erd.svg and erd/ out of the manifest and the schemas.

`make docs` writes them; a test fails when one of them is not what the generator would write.
"""
