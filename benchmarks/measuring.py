"""One process, measured: wall time, CPU time, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What a process took.

    Args:
        wall: seconds.
        cpu: seconds, user and system, with its children.
        memory: peak resident memory of the largest of its processes, in bytes; at least what the process takes that
            has started it, ten megabytes.
        status: exit status.
    """

    wall: float
    cpu: float
    memory: int
    status: int


def measure(command: Sequence[str], output: Path, errors: Path, environment: dict[str, str]) -> Run:
    """Runs the command from start-up to exit, its output to files."""
    program = Path(__file__).with_name("measured_process.py")
    measured = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", str(program), str(output), str(errors), *command],
        stdout=subprocess.PIPE, env={**os.environ, **environment}, check=True,
    )  # fmt: skip
    return Run(**json.loads(measured.stdout))
