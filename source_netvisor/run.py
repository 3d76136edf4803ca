"""The console script `source-netvisor`."""

from __future__ import annotations

import sys

from source_netvisor import output, termination


def run() -> None:
    """Runs one command: spec, check, discover or read."""
    with termination.obeyed():
        output.prepare()
        # only now: the CDK takes seconds to import, in which the signals have to be obeyed too
        from source_netvisor.entrypoint import main

        main(sys.argv[1:])
