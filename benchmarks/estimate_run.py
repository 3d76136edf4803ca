"""A first sync whose answers take made-up time: `python -m benchmarks.estimate_run VOUCHERS EMPLOYEES SLOWER`.

It prints, as JSON, for each call the seconds since the beginning and the seconds that were expected to be left. No time
passes: each call moves a clock, so that an hour's sync takes a minute and is the same on every machine.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from datetime import date

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from source_netvisor import clock
from source_netvisor.config import NetvisorConfig
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from source_netvisor.source import SourceNetvisor
from source_netvisor.sync import sync
from source_netvisor.sync.progress import Progress
from source_netvisor.sync_context import SyncContext

ANSWER = 2.0
"""Seconds before the first byte."""
RATE = 2_000_000
"""Bytes a second."""


class Watched(Progress):
    """Says after each call how long the sync takes; a call takes its answer and its bytes.

    Args:
        client: of the sync.
        slower: how many times longer answers take in the second half.
    """

    def __init__(self, client: Client, slower: float) -> None:
        self.elapsed = 0.0
        self.said: list[tuple[float, float]] = []
        self._slower = slower
        self._is_slow = False
        self._received = 0
        super().__init__(client, lambda: self.elapsed)
        self._http = client

    def fetched(self, request: Request) -> None:
        """Moves the clock first."""
        self._is_slow = self._is_slow or (self.done > 50 and 2 * self.done > self.calls)
        received, self._received = self._http.received - self._received, self._http.received
        self.elapsed += ANSWER * (self._slower if self._is_slow else 1) + received / RATE
        super().fetched(request)
        self.said.append((self.elapsed, self.seconds_left))


def said(vouchers: int, employees: int, slower: float) -> list[tuple[float, float]]:
    """What a first sync says after each call."""
    source = SourceNetvisor()
    streams = source.discover(logging.getLogger("airbyte"), {}).streams
    catalog = {
        "streams": [
            {
                "stream": {"name": one.name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                "sync_mode": one.supported_sync_modes[-1].value, "destination_sync_mode": "append",
            }
            for one in streams
        ]
    }  # fmt: skip
    today = date.today()  # noqa: DTZ011 - a made-up company's
    watched: list[Watched] = []

    def watch(client: Client) -> Progress:
        watched.append(Watched(client, slower))
        return watched[0]

    sync.Progress = watch  # type: ignore[misc,assignment]
    with NetvisorSimulator(Company(1, vouchers, 2, today=today, employees=employees)) as simulator:
        config = NetvisorConfig.parse(simulator.config(start_date=f"{today.year - 2}-01-01"), {})
        context = SyncContext(config, clock.now())
        reading: Iterator[object] = sync.Sync(source.definitions(), Client(config), context).read(
            ConfiguredAirbyteCatalogSerializer.load(catalog), {}
        )
        for _ in reading:
            pass
    return watched[0].said


if __name__ == "__main__":
    vouchers, employees, slower = sys.argv[1:]
    print(json.dumps(said(int(vouchers), int(employees), float(slower))))
