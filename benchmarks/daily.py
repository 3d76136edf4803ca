"""The daily comparison of a long list of which a few rows differ, beside the same list downloaded and only parsed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks.contestants import CDK_PYTHON, CONNECTOR, ROOT, Files
from benchmarks.lists import ListServer, lists
from benchmarks.measuring import Run, measure

RATE = 20_000_000
"""Bytes a second."""
CHANGED = 50
STREAM = "sales_invoices"
ROW = "SalesInvoice"


@dataclass(frozen=True)
class Daily:
    """Several measurements of each.

    Args:
        rows: of the list.
        size: of the list, in bytes.
        compared: first syncs of a day, that compare the list.
        idle: syncs that only ask for changes, and find none.
        parsed: the list downloaded and given to lxml.
        sent: records of a comparison.
    """

    rows: int
    size: int
    compared: list[Run]
    idle: list[Run]
    parsed: list[Run]
    sent: int

    def middle(self, which: str, what: str) -> float:
        """The median of `wall`, `cpu` or `memory`."""
        return median(getattr(run, what) for run in getattr(self, which))

    @property
    def wall_ratio(self) -> float:
        """Wall time beyond that of an idle sync, over download and parse."""
        return (self.middle("compared", "wall") - self.middle("idle", "wall")) / self.middle("parsed", "wall")

    @property
    def cpu_ratio(self) -> float:
        """CPU time beyond that of an idle sync, over the time that the download takes at its rate and the parse."""
        taken = self.middle("compared", "cpu") - self.middle("idle", "cpu")
        return taken / (self.size / RATE + self.middle("parsed", "cpu"))

    @property
    def memory(self) -> float:
        """Bytes beyond those of an idle sync."""
        return self.middle("compared", "memory") - self.middle("idle", "memory")


def daily(cache: Path, rows: int, runs: int) -> Daily:
    """Delivers the list, and then compares it again and again with one in which some rows differ."""
    first = date.today().replace(day=1) - timedelta(days=700)  # noqa: DTZ011 - which day it is matters, not where
    made = lists(cache, rows, CHANGED, first)
    directory = cache / "daily"
    with ListServer(made.before, RATE) as server:
        # compared in every sync, so that no day has to pass
        files = Files(directory, server.url, first.isoformat())
        every, daily_ = files.config(comparison="every_sync"), files.config()
        catalog = files.catalog([STREAM], "incremental")
        read = (str(CONNECTOR), "read", "--catalog", catalog, "--state", str(_delivered(every, catalog, directory)))
        server.path = made.after
        url = f"{server.url}/salesinvoicelist.nv"
        commands = {
            "compared": (*read, "--config", every),
            "idle": (*read, "--config", daily_),
            "parsed": (str(CDK_PYTHON), "-m", "benchmarks.lxml_floor", url, ROW),
        }
        taken: dict[str, list[Run]] = {name: [] for name in commands}
        sent = 0
        for _ in range(runs):
            for name, command in commands.items():
                output = directory / "output"
                run = measure(command, output, directory / "errors", {"PYTHONPATH": str(ROOT)})
                if run.status:
                    raise RuntimeError(f"{name} failed: {output.read_text()[-300:]}")
                taken[name].append(run)
                if name == "compared":
                    sent = output.read_bytes().count(b'{"type":"RECORD"')
                print(f"{name}: {run.wall:.2f} s, CPU {run.cpu:.2f} s, {run.memory / 1e6:.0f} MB", flush=True)
    return Daily(rows, made.after.stat().st_size, **taken, sent=sent)


def _delivered(config: str, catalog: str, directory: Path) -> Path:
    """The state after the list has been delivered."""
    output, state = directory / "first-output", directory / "state.json"
    run = measure(
        (str(CONNECTOR), "read", "--config", config, "--catalog", catalog), output, directory / "first-errors", {}
    )
    if run.status:
        raise RuntimeError(f"the first sync failed: {output.read_text()[-300:]}")
    with output.open() as lines:
        last = [line for line in lines if line.startswith('{"type":"STATE"')][-1]
    state.write_text(json.dumps([json.loads(last)["state"]]))
    output.unlink()
    return state
