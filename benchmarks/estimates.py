"""How right a first sync is about its own end, and how soon."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

from benchmarks.contestants import CDK_PYTHON, ROOT

CASES = (
    ("small company", 600, 4, 1.0),
    ("middle company", 3000, 20, 1.0),
    ("middle company with one employee", 3000, 1, 1.0),
    ("middle company, answers 4 times slower in the second half", 3000, 20, 4.0),
)
"""Name, vouchers, employees, and how many times slower the second half is."""


@dataclass(frozen=True)
class Estimates:
    """What a sync said.

    Args:
        name: of the case.
        slower: how many times slower its second half is.
        said: seconds since the beginning and seconds that were expected to be left, after each call.
    """

    name: str
    slower: float
    said: list[tuple[float, float]]

    @property
    def seconds(self) -> float:
        """Of the whole sync."""
        return self.said[-1][0]

    def worst(self, since: float) -> float:
        """The largest factor between the end that was expected and the true one, from a part of the sync on."""
        ends = [elapsed + left for elapsed, left in self.said if elapsed >= since * self.seconds]
        return max(max(end / self.seconds, self.seconds / end) for end in ends)


def estimates() -> list[Estimates]:
    """A first sync of each case."""
    found = []
    for name, vouchers, employees, slower in CASES:
        command = [str(CDK_PYTHON), "-m", "benchmarks.estimate_run", str(vouchers), str(employees), str(slower)]
        run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603
        found.append(Estimates(name, slower, json.loads(run.stdout.splitlines()[-1])))
        print(f"{name}: {found[-1].worst(0.1):.2f} from the first tenth on", flush=True)
    return found
