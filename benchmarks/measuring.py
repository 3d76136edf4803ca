"""One process, measured: wall time, CPU time, peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What a process took.

    Args:
        wall: seconds.
        cpu: seconds, user and system, with its children.
        memory: peak resident memory of the largest of its processes, in bytes.
        status: exit status.
    """

    wall: float
    cpu: float
    memory: int
    status: int


def measure(command: Sequence[str], output: Path, errors: Path, environment: dict[str, str]) -> Run:
    """Runs the command from start-up to exit, its output to files."""
    with output.open("wb") as out, errors.open("wb") as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env={**os.environ, **environment})  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode)
