"""Whether the states of a connection come near to what Airbyte takes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from source_netvisor.streams.stream_sync import StreamSync

logger = logging.getLogger("airbyte.source_netvisor")

LARGE = 6_000_000
"""Characters of all states together from which on it is time to act: Airbyte refuses a request of more than 10 MB."""
BESIDE_THE_LEDGER = 500
"""Characters of a state without its ledger, about."""


def total(streams: Iterable[StreamSync], saved: Mapping[str, Any]) -> int:
    """Characters of all states after the sync, about.

    Args:
        streams: the selected ones.
        saved: stream name -> what its last STATE carried; those of streams that are not selected stay as they are.
    """
    selected = {stream.name: stream for stream in streams}
    kept = sum(len(orjson.dumps(state)) for name, state in saved.items() if name not in selected)
    ledgers = (stream.state.ledger for stream in selected.values() if stream.state is not None)
    return kept + sum(ledger.packed_size + BESIDE_THE_LEDGER for ledger in ledgers)


def warn_if_large(streams: Iterable[StreamSync], saved: Mapping[str, Any]) -> None:
    """Logs a warning before the states are too large for Airbyte.

    Args:
        streams: the selected ones.
        saved: as `total` takes it.
    """
    size = total(streams, saved)
    if size > LARGE:
        logger.warning(
            f"The states of this connection's streams have {size / 1e6:.1f} MB together. Airbyte refuses more than "
            "about 10 MB, and then loses what every sync says. Give a later start date, or divide the streams among "
            "two connections."
        )
