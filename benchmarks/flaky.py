"""A first sync from a slow Netvisor of which some calls fail once: what it takes beyond the calls themselves."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.contestants import CDK_PYTHON
from benchmarks.measuring import Run
from benchmarks.simulated import Connector
from netvisor_simulator import Call, NetvisorSimulator, faults
from netvisor_simulator.company import Company

REAL_ANSWER = 2.0
"""Seconds of an answer that are meant."""
SCALE = 0.1
"""Part of them that is waited for here, for answers and between attempts."""
FIRST_WAIT = 1.0
"""Seconds before the connector's second attempt."""
ONE_IN = 33
"""So many calls, of which one fails once."""


@dataclass(frozen=True)
class Flaky:
    """A first sync.

    Args:
        run: of the connector.
        calls: answered, the repeated ones included.
        repeated: of them, second attempts.
    """

    run: Run
    calls: int
    repeated: int

    @property
    def answers(self) -> float:
        """Seconds that all answers take, one after the other."""
        return self.calls * REAL_ANSWER * SCALE

    @property
    def ratio(self) -> float:
        """Wall time over that of the answers."""
        return self.run.wall / self.answers

    @property
    def meant_ratio(self) -> float:
        """The same at the answers that are meant: what is beyond the answers stays, with the waits in full."""
        beyond = self.run.wall - self.answers + self.repeated * FIRST_WAIT
        return 1 + beyond / (self.calls * REAL_ANSWER)


def flaky(cache: Path, vouchers: int) -> Flaky:
    """All streams of a company of that size."""
    met: set[tuple[str, str]] = set()

    def fails(call: Call) -> bool:
        """The first call for some addresses, the same ones each time."""
        address = call.resource, call.query
        if address in met:
            return False
        met.add(address)
        return zlib.crc32("?".join(address).encode()) % ONE_IN == 0

    company = Company(seed=1, vouchers=vouchers, years=2, today=date.today())  # noqa: DTZ011 - a made-up company's
    with NetvisorSimulator(company, latency=REAL_ANSWER * SCALE) as simulator:
        command = (str(CDK_PYTHON), "-m", "benchmarks.scaled_run", str(SCALE))
        connector = Connector(simulator, cache / "flaky", command, start_date=f"{company.today.year - 2}-01-01")
        streams = connector.streams()
        simulator.faults.add(faults.netvisor_code("SYSTEM_MAINTENANCE"), times=None, when=fails)
        run, calls = connector.read(streams)
    return Flaky(run, len(calls), sum(call.code == "SYSTEM_MAINTENANCE" for call in calls))
