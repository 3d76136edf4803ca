"""Measured against the simulator of the tests, with all streams: overlap of wire and CPU, and the number of calls."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.contestants import CONNECTOR, ROOT
from benchmarks.measuring import Run, measure
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company

LATENCY = 0.05
"""Seconds before each reply of the overlap's simulator."""
RATE = 20_000_000
"""Bytes a second of the overlap's simulator."""
INVOICE_STREAMS = ("sales_invoices", "sales_invoice_details", "sales_invoice_lines")
VOUCHERS_FOR_EACH_INVOICE = 5
"""The simulator's companies have a sales invoice for so many vouchers."""


@dataclass(frozen=True)
class Overlap:
    """A first sync of all streams over a slow wire.

    Args:
        run: of the connector.
        wire: seconds that calls were under way, one after the other.
        calls: made.
        sent: bytes of all replies.
        most_in_flight: calls at once.
    """

    run: Run
    wire: float
    calls: int
    sent: int
    most_in_flight: int

    @property
    def ratio(self) -> float:
        """Wall time over the larger of wire and CPU."""
        return self.run.wall / max(self.wire, self.run.cpu)


@dataclass(frozen=True)
class Calls:
    """How often Netvisor is asked.

    Args:
        invoices: sales invoices of the company.
        lists: calls for the list of invoices.
        details: calls for their details.
        first: calls of a first sync of all streams.
        idle: the most calls for one resource in a sync right after it.
        twice: URLs that one sync asked twice.
    """

    invoices: int
    lists: int
    details: int
    first: int
    idle: dict[str, int]
    twice: int


class Connector:
    """Runs the connector against a simulator, keeping the state from one read to the next."""

    def __init__(
        self,
        simulator: NetvisorSimulator,
        directory: Path,
        command: Sequence[str] = (str(CONNECTOR),),
        **config: Any,
    ) -> None:
        self._command = command
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._simulator = simulator
        self._config = self._write("config", simulator.config(**config))
        self._state: str | None = None

    def _write(self, name: str, content: object) -> str:
        path = self._directory / f"{name}.json"
        path.write_text(json.dumps(content))
        return str(path)

    def streams(self) -> list[dict[str, Any]]:
        """What `discover` finds."""
        output = self._run("discover", "--config", self._config)[1]
        return next(m["catalog"]["streams"] for m in output if m["type"] == "CATALOG")

    def read(self, streams: Sequence[dict[str, Any]]) -> tuple[Run, list[Any]]:
        """Reads the streams; the calls of that read, and of no earlier one, are the simulator's afterwards."""
        catalog = {
            "streams": [
                {
                    "stream": stream,
                    "sync_mode": stream["supported_sync_modes"][-1],
                    "destination_sync_mode": "append",
                }
                for stream in streams
            ]
        }
        before = len(self._simulator.calls)
        state = ("--state", self._state) if self._state else ()
        run, output = self._run("read", "--config", self._config, "--catalog", self._write("catalog", catalog), *state)
        states = {m["state"]["stream"]["stream_descriptor"]["name"]: m for m in output if m["type"] == "STATE"}
        self._state = self._write("state", [message["state"] for message in states.values()])
        self._simulator.assert_clean()
        return run, list(self._simulator.calls)[before:]

    def _run(self, *arguments: str) -> tuple[Run, list[dict[str, Any]]]:
        output, errors = self._directory / "output", self._directory / "errors"
        run = measure([*self._command, *arguments], output, errors, {"PYTHONPATH": str(ROOT)})
        with output.open() as lines:
            messages = [json.loads(line) for line in lines if not line.startswith('{"type":"RECORD"')]
        if run.status:
            raise RuntimeError(f"source-netvisor {arguments[0]} failed: {messages[-1] if messages else errors}")
        return run, messages


def overlap(cache: Path, vouchers: int) -> Overlap:
    """All streams of a company of that size, first sync."""
    company = Company(seed=1, vouchers=vouchers, years=2, today=date.today())  # noqa: DTZ011 - a made-up company's
    with NetvisorSimulator(company, latency=LATENCY, bytes_per_second=RATE) as simulator:
        connector = Connector(simulator, cache / "overlap", start_date="2000-01-01")
        run, calls = connector.read(connector.streams())
    return Overlap(
        run,
        sum(call.duration or 0 for call in calls),
        len(calls),
        sum(call.bytes for call in calls),
        max(call.in_flight for call in calls),
    )


def calls(cache: Path, invoices: int) -> Calls:
    """A first sync of the sales invoices, and two of all streams of a small company."""
    today = date.today()  # noqa: DTZ011 - a made-up company's
    company = Company(seed=1, vouchers=invoices * VOUCHERS_FOR_EACH_INVOICE, years=2, today=today)
    with NetvisorSimulator(company) as simulator:
        connector = Connector(simulator, cache / "calls", start_date="2000-01-01")
        streams = connector.streams()
        _, asked = connector.read([stream for stream in streams if stream["name"] in INVOICE_STREAMS])
    of_invoices = Counter(call.resource for call in asked)
    with NetvisorSimulator(Company(seed=1, vouchers=1000, years=2, today=today)) as simulator:
        connector = Connector(simulator, cache / "idle", start_date=f"{today.year - 1}-01-01")
        _, first = connector.read(streams)
        _, again = connector.read([s for s in streams if len(s["supported_sync_modes"]) > 1])
    return Calls(
        invoices,
        of_invoices["salesinvoicelist.nv"],
        of_invoices["getsalesinvoice.nv"],
        len(first),
        dict(Counter(call.resource for call in again)),
        sum(count - 1 for count in Counter((call.resource, call.query) for call in first).values()),
    )
