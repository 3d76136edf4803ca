"""The console script `source-netvisor`."""

from __future__ import annotations

import signal
import sys

# Python's own way with Ctrl-C is a stack trace; from here on it ends the process, and soon the handlers stand
signal.signal(signal.SIGINT, signal.SIG_DFL)

from source_netvisor import output, termination  # noqa: E402


def run() -> None:
    """Runs one command: spec, check, discover or read."""
    with termination.obeyed():
        output.prepare()
        # only now: the CDK takes seconds to import, in which the signals have to be obeyed too
        from source_netvisor.entrypoint import main

        main(sys.argv[1:])
