"""`python measured_process.py OUTPUT ERRORS COMMAND...`: runs the command and prints what it took, as JSON.

A process of its own, since a process begins with the peak memory of the one that has started it: of this small one, and
not of the benchmark with all that it holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time


def main(output: str, errors: str, *command: str) -> None:
    """Runs the command from start-up to exit, its output to files."""
    with open(output, "wb") as out, open(errors, "wb") as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    taken = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    sys.stdout.write(json.dumps(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
