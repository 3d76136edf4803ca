"""Where the manifest and what belongs to it lie."""

from __future__ import annotations

from pathlib import Path

MANIFEST = Path(__file__).parent.with_name("manifest.yaml")
"""With its whole path: the CDK takes a file of that name in the working directory first, whoever's it is."""
SCHEMAS = MANIFEST.with_name("schemas")
WORDS = MANIFEST.with_name("manifest.schema.json")
"""The JSON schema of a stream of the manifest."""
RESOLVED = MANIFEST.with_name("manifest.resolved.json")
"""What `resolving.resolved` makes of the manifest, written by `make docs`."""
