"""The connector with its waits between attempts scaled: `python -m benchmarks.scaled_run SCALE read --config ...`."""

from __future__ import annotations

import sys
from dataclasses import replace

from source_netvisor import run
from source_netvisor.check import Check
from source_netvisor.netvisor import client

if __name__ == "__main__":
    scale = float(sys.argv.pop(1))
    usual = client.RetryPolicy()
    scaled = replace(usual, waits=tuple(seconds * scale for seconds in usual.waits))
    # the check has a policy of its own
    Check.RETRY_POLICY = replace(Check.RETRY_POLICY, waits=scaled.waits[:1])
    client.RetryPolicy = lambda: scaled  # type: ignore[misc,assignment]
    run.run()
