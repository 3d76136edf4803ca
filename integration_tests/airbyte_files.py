"""The files that Airbyte's tools look for beside a connector's tests, made from one small company at a fixed moment.

`make docs` writes them again after a change; a test fails while they are stale.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from integration_tests.connection import SetClock, configured, discovered
from integration_tests.reads import last_states, read, records
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company

FOLDER = Path(__file__).parent
NOW = datetime(2026, 3, 15, 10, 0, tzinfo=timezone.utc)
START = "2025-01-01"
EXPECTED_PER_STREAM = 3
FUTURE = "2099-12-31T00:00:00.000000Z"


HOST = "integration.netvisor.fi"
"""What the files name in place of the simulator's address, which is another one each time."""


def at_host(states: list[dict[str, Any]], host: str) -> list[dict[str, Any]]:
    """The states as if they were of another Netvisor address."""
    moved = copy.deepcopy(states)
    for state in moved:
        if "host" in state["stream"]["stream_state"]:
            state["stream"]["stream_state"]["host"] = host
    return moved


@contextmanager
def simulated_company() -> Iterator[tuple[SetClock, NetvisorSimulator]]:
    """The company that the files are about, with connector and simulator at the fixed moment."""
    company = Company(11, 90, years=1, today=NOW.date(), employees=2)
    with SetClock(NOW).in_charge() as clock, NetvisorSimulator(company, clock=clock) as simulator:
        yield clock, simulator


def catalog() -> dict[str, Any]:
    """Every stream, incremental where it can be; without the schemas, which `discover` tells."""
    selected = copy.deepcopy(configured())
    for stream in selected["streams"]:
        stream["stream"]["json_schema"] = {}
    return selected


def expected_records(tables: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The first records of each stream, as acceptance tests write them down."""
    return [
        {"stream": stream, "data": row, "emitted_at": int(NOW.timestamp() * 1000)}
        for stream in discovered()
        for row in tables[stream][:EXPECTED_PER_STREAM]
    ]


def in_the_future(states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The states with every position moved ahead of any clock."""
    moved = copy.deepcopy(states)
    for state in moved:
        value = state["stream"]["stream_state"]
        for name, position in value.items():
            if isinstance(position, str) and position.endswith("Z"):
                value[name] = FUTURE
    return moved


def files() -> dict[str, str]:
    """Content by file name."""
    with simulated_company() as (_, simulator):
        run = read(simulator.config(start_date=START))
    assert run.code == 0
    states = [
        state
        for state in at_host(last_states(run), HOST)
        if "incremental" in discovered()[state["stream"]["stream_descriptor"]["name"]]["supported_sync_modes"]
    ]
    lines = [json.dumps(record, ensure_ascii=False) for record in expected_records(records(run))]
    return {
        "configured_catalog.json": _json(catalog()),
        "sample_state.json": _json(states),
        "abnormal_state.json": _json(in_the_future(states)),
        "expected_records.jsonl": "\n".join(lines) + "\n",
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Writes what differs, and says which files that were."""
    with contextlib.redirect_stdout(io.StringIO()):
        wanted = files()
    for name, content in wanted.items():
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != content:
            file.write_text(content, encoding="utf-8")
            print(f"integration_tests/{name} written")


if __name__ == "__main__":
    main()
