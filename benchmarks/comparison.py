"""The same ledger, read by every contestant: wall and CPU time, peak memory, calls, bytes."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks import contestants
from benchmarks.contestants import ROOT, Contestant, Files
from benchmarks.ledger import LINES, Ledger, ledger
from benchmarks.measuring import Run, measure
from benchmarks.replies_server import RepliesServer

SAMPLE = 1000
"""Records of each stream that the CDK's floor repeats."""


@dataclass
class Result:
    """What a contestant took.

    Args:
        name: of the contestant.
        runs: each measurement.
        calls: it made in a run.
        sent: bytes that it was sent in a run.
        records: it wrote in a run.
        failure: the last line it wrote where it failed.
    """

    name: str
    runs: list[Run] = field(default_factory=list)
    calls: int = 0
    sent: int = 0
    records: int = 0
    failure: str = ""

    def middle(self, what: str) -> float:
        """The median of `wall`, `cpu` or `memory`."""
        return median(getattr(run, what) for run in self.runs)


def compare(cache: Path, vouchers: int, runs: int, months: int) -> list[Result]:
    """Measures all, in another order in each round.

    Args:
        cache: where ledgers are kept.
        vouchers: in the ledger.
        runs: of each contestant.
        months: that the ledger is spread over; 1: one reply.
    """
    today = date.today()  # noqa: DTZ011 - which month it is matters, not where
    normal, plain = (ledger(cache, vouchers, months, today, plain) for plain in (False, True))
    with RepliesServer(normal) as server, RepliesServer(plain) as plain_server:
        files = Files(cache / "files", server.url, normal.months[0][0].isoformat())
        plain_files = Files(cache / "plain-files", plain_server.url, files.start_date)
        taken_from = {name: contestants.connector(files, [name], f"source-netvisor, {name}")
                      for name in ("vouchers", "voucher_lines")}  # fmt: skip
        samples = {name: _sample(contestant, name, cache) for name, contestant in taken_from.items()}
        counts = {"vouchers": vouchers, "voucher_lines": vouchers * LINES}
        ready = files.manifest_config({name: (counts[name], path) for name, path in samples.items()})
        both = ("vouchers", "voucher_lines")
        entries = [
            *taken_from.values(),
            contestants.connector(files, both, "source-netvisor, both"),
            contestants.connector(files, ["voucher_lines"], "source-netvisor, voucher_lines, full refresh",
                                  "full_refresh"),
            contestants.manifest(files, "xmldecoder_connector", "vouchers", files.manifest_config(),
                                 "manifest with XmlDecoder, vouchers"),
            contestants.client_library(files, plain=False),
            contestants.client_library(plain_files, plain=True),
            *(contestants.manifest(files, "cdk_floor", name, ready, f"CDK with ready records, {name}")
              for name in both),
            contestants.expat(files),
        ]  # fmt: skip
        return measure_all(entries, {False: server, True: plain_server}, cache, runs)


def measure_all(entries: list[Contestant], servers: dict[bool, RepliesServer], cache: Path, runs: int) -> list[Result]:
    """Each contestant `runs` times, shuffled; what failed once is not tried again."""
    shuffle = random.Random(249)  # noqa: S311 - an order, no secret
    results = {entry.name: Result(entry.name) for entry in entries}
    for round_ in range(runs):
        for entry in shuffle.sample(entries, len(entries)):
            result = results[entry.name]
            if result.failure:
                continue
            server = servers[entry.plain]
            server.reset()
            output, errors = cache / "output", cache / "errors"
            run = measure(entry.command, output, errors, {"PYTHONPATH": str(ROOT)})
            result.runs.append(run)
            result.calls, result.sent = len(server.calls), server.sent
            result.records = _records(output)
            if run.status:
                result.failure = _last_line(errors) or _last_line(output)
            print(f"{round_ + 1}/{runs} {entry.name}: {run.wall:.1f} s, CPU {run.cpu:.1f} s, "
                  f"{run.memory / 1e6:.0f} MB, {result.records} records {result.failure}", flush=True)  # fmt: skip
    return [results[entry.name] for entry in entries]


def _sample(contestant: Contestant, stream: str, cache: Path) -> Path:
    """The first records that the connector makes of the ledger."""
    output, path = cache / "sample-output", cache / f"sample-{stream}.jsonl"
    run = measure(contestant.command, output, cache / "sample-errors", {})
    if run.status:
        raise RuntimeError(f"{contestant.name} failed: {_last_line(output)}")
    with output.open() as lines:
        records = (json.loads(line)["record"]["data"] for line in lines if line.startswith('{"type":"RECORD"'))
        path.write_text("".join(json.dumps(record) + "\n" for record in islice(records, SAMPLE)))
    return path


def _records(output: Path) -> int:
    with output.open("rb") as lines:
        # a connector's, or an object of the client library, whose keys come in any order
        return sum(line.startswith(b'{"type":"RECORD"') or line[:8] != b'{"type":' for line in lines)


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def ledger_size(cache: Path, vouchers: int, months: int) -> Ledger:
    """The ledger that `compare` read."""
    return ledger(cache, vouchers, months, date.today())  # noqa: DTZ011 - as above
