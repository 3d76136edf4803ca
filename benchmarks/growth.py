"""Time and memory of ledgers of growing size, read as `vouchers` and `voucher_lines` together, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import contestants
from benchmarks.contestants import Files
from benchmarks.ledger import ledger
from benchmarks.measuring import Run, measure
from benchmarks.replies_server import RepliesServer

MONTHS = 24


@dataclass(frozen=True)
class Size:
    """One ledger.

    Args:
        vouchers: in it.
        run: that read it.
        written: bytes of the output.
    """

    vouchers: int
    run: Run
    written: int


def grow(cache: Path, sizes: Sequence[int]) -> list[Size]:
    """Reads a ledger of each size once."""
    found = []
    for vouchers in sizes:
        entries = ledger(cache, vouchers, MONTHS, date.today())  # noqa: DTZ011 - which month it is matters
        with RepliesServer(entries) as server:
            files = Files(cache / "growth", server.url, entries.months[0][0].isoformat())
            contestant = contestants.connector(files, ["vouchers", "voucher_lines"], "both")
            output = cache / "growth" / "output"
            run = measure(contestant.command, output, cache / "growth" / "errors", {})
        if run.status:
            raise RuntimeError(f"the ledger of {vouchers} vouchers could not be read")
        found.append(Size(vouchers, run, output.stat().st_size))
        output.unlink()
        print(f"{vouchers} vouchers: {run.wall:.1f} s, CPU {run.cpu:.1f} s, {run.memory / 1e6:.0f} MB", flush=True)
    return found
