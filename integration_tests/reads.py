"""One sync in this process, of selected streams, and what it gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integration_tests.connection import configured
from integration_tests.console_runs import Run
from integration_tests.in_process_runs import InProcessRuns

LONGEST = 600
"""Seconds after which a sync counts as hung: a large company on a busy machine takes a while."""


def read(
    config: Mapping[str, Any],
    streams: Sequence[str] | None = None,
    state: Iterable[Mapping[str, Any]] = (),
    full_refresh: bool = False,
) -> Run:
    """One sync, as `source-netvisor read` does it.

    Args:
        config: of the connector.
        streams: names; None: all.
        state: what `last_states` gave after an earlier one.
        full_refresh: read no stream incrementally.
    """
    with InProcessRuns({}, for_secrets=False) as runs:
        return runs.read(config, configured(streams, full_refresh), state=list(state), longest=LONGEST)


def records(run: Run) -> dict[str, list[dict[str, Any]]]:
    """The records of each stream, in the order in which they came."""
    found: dict[str, list[dict[str, Any]]] = {}
    for message in run.of("RECORD"):
        found.setdefault(message["record"]["stream"], []).append(message["record"]["data"])
    return found


def last_states(run: Run) -> list[dict[str, Any]]:
    """The last STATE of each stream, as Airbyte hands it to the next sync."""
    found = {
        message["state"]["stream"]["stream_descriptor"]["name"]: {
            "type": "STREAM",
            "stream": message["state"]["stream"],
        }
        for message in run.of("STATE")
    }
    return list(found.values())
