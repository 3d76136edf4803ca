"""An Airbyte source connector for Visma Netvisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from source_netvisor.source import SourceNetvisor

__all__ = ["SourceNetvisor"]


def __getattr__(name: str) -> object:
    """Imports the source when it is asked for: with it comes the CDK, which takes seconds (see run.py)."""
    if name != "SourceNetvisor":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from source_netvisor.source import SourceNetvisor

    return SourceNetvisor
