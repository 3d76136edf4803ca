"""One source for all runs in this process: to read the manifest and all schemas takes longer than a small sync."""

from __future__ import annotations

from functools import cache

from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.quick_source import QuickSource


@cache
def shared_source() -> QuickSource:
    """It keeps nothing of a run but what it knows of the manifest."""
    source = QuickSource()
    definitions = source.definitions()
    source.definitions = lambda: definitions  # type: ignore[method-assign]
    return source


def definitions() -> dict[str, StreamDefinition]:
    """Every stream as the runs read it at the moment."""
    return shared_source().definitions()
