"""Replies of gigabytes, really sent to a real `read`: it finishes, in flat memory, and leaves nothing behind.

    python -m integration_tests.big_reply --megabytes 2000

One voucher of the simulator is repeated with new keys, made while it is sent. The peak of the memory is compared with
that of a reply of a tenth; the reply is sent with a length, in chunks and packed; and once to a disk that is too small.
It takes minutes and needs the reply's size in the temporary directory, so it is not in `make test`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from integration_tests.console_runs import configured
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.faults import Fault, Moment
from netvisor_simulator.wire import Answer

SCRIPT = str(Path(sys.executable).parent / "source-netvisor")
MORE = 1.10
"""Times the memory of a read of a tenth that a read may take."""
FIRST_KEY = 1_000_000_000
AT_ONCE = 1 << 20
"""Bytes, about, that are made and sent at once."""

Framing = Literal["length", "chunks", "gzip"]


@dataclass
class Ledger:
    """A ledger of one voucher again and again.

    Args:
        good: a reply with vouchers.
        size: bytes of the large one, about.

    Attributes:
        vouchers: how many it has.
    """

    good: bytes
    size: int

    def __post_init__(self) -> None:
        start, end = self.good.index(b"<Voucher "), self.good.index(b"</Voucher>") + len(b"</Voucher>")
        voucher = self.good[start:end]
        key = voucher.index(b"<NetvisorKey>") + len(b"<NetvisorKey>")
        self._voucher = voucher[:key], voucher[voucher.index(b"</NetvisorKey>") :]
        self._head = self.good[:start]
        self._tail = self.good[self.good.rindex(b"</Voucher>") + len(b"</Voucher>") :]
        self._voucher_size = sum(map(len, self._voucher)) + len(str(FIRST_KEY))
        self.vouchers = self.size // self._voucher_size

    @property
    def length(self) -> int:
        """Bytes, exactly."""
        return len(self._head) + self.vouchers * self._voucher_size + len(self._tail)

    def body(self) -> Iterator[bytes]:
        """The reply in pieces."""
        before, behind = self._voucher
        yield self._head
        step = AT_ONCE // self._voucher_size + 1
        for first in range(0, self.vouchers, step):
            last = min(first + step, self.vouchers)
            yield b"".join(b"%b%d%b" % (before, FIRST_KEY + number, behind) for number in range(first, last))
        yield self._tail


def packed(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts as gzip."""
    pack = zlib.compressobj(6, zlib.DEFLATED, 31)
    for part in parts:
        yield pack.compress(part)
    yield pack.flush()


def large(size: int, framing: Framing, made: list[Ledger]) -> Fault:
    """The right answer, with its first voucher repeated until the reply is so large; what was made goes to `made`."""

    def play(answer: Answer, _: Moment) -> Answer:
        ledger = Ledger(b"".join(answer.body), size)
        made.append(ledger)
        if framing == "gzip":
            headers = {**answer.headers, "Content-Encoding": "gzip"}
            return replace(answer, headers=headers, body=packed(ledger.body()), length=None)
        return replace(answer, body=ledger.body(), length=ledger.length if framing == "length" else None)

    return Fault(f"large {framing}", play)


@dataclass
class Measured:
    """What a read did.

    Attributes:
        code: exit status.
        vouchers: records.
        peak: greatest resident memory, bytes.
        seconds: how long it took.
        errors: sentences.
        left: files in the temporary directory at its end.
        stderr: what stands there.
    """

    code: int
    vouchers: int
    peak: int
    seconds: float
    errors: list[str]
    left: list[str]
    stderr: str


def most_memory(process: int) -> int:
    """Bytes of memory that a process has had at most; 0 once it has ended.

    What `wait4` tells would count this process's own memory at the fork.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) << 10 if found else 0


def read(simulator: NetvisorSimulator, directory: Path, room: int | None = None) -> Measured:
    """One read of the vouchers by the console script; `room`: bytes that a file may have, as on a small disk."""
    temporary = directory / "temporary"
    temporary.mkdir(exist_ok=True)
    start = date.today().replace(day=1).isoformat()  # noqa: DTZ011
    files: dict[str, Any] = {"config": simulator.config(start_date=start), "catalog": configured("vouchers")}
    arguments = [SCRIPT, "read"]
    for name, content in files.items():
        (directory / f"{name}.json").write_text(json.dumps(content))
        arguments += [f"--{name}", str(directory / f"{name}.json")]

    def small_disk() -> None:
        if room is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    began = time.monotonic()
    with (directory / "stderr").open("w+b") as stderr:
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=stderr, preexec_fn=small_disk,
            env={**os.environ, "TMPDIR": str(temporary)},
        )  # fmt: skip
        assert process.stdout is not None
        vouchers, peak, errors = 0, 0, []
        for line in process.stdout:
            if line.startswith(b'{"type":"RECORD"'):
                vouchers += 1
                if vouchers % 1000:
                    continue
            peak = most_memory(process.pid) or peak
            if b'"ERROR"' in line:
                errors.append(json.loads(line)["trace"]["error"]["message"])
        process.stdout.close()
        process.wait()
        seconds = time.monotonic() - began
        stderr.seek(0)
        words = stderr.read().decode()
    left = [path.name for path in temporary.rglob("*")]
    return Measured(process.returncode, vouchers, peak, seconds, errors, left, words)


def big_reply(megabytes: int) -> None:
    """Reads the replies, printing a line for each.

    Raises:
        AssertionError: something was lost, left behind, or grew.
    """
    with tempfile.TemporaryDirectory() as folder, NetvisorSimulator(Company(1, 150, 1)) as simulator:
        directory = Path(folder)
        peak = 0
        kinds: list[tuple[int, Framing]] = [
            (megabytes // 10, "length"), (megabytes, "length"), (megabytes, "chunks"), (megabytes, "gzip"),
        ]  # fmt: skip
        for size, framing in kinds:
            made: list[Ledger] = []
            simulator.faults.clear()
            simulator.calls.clear()
            simulator.faults.add(large(size * 10**6, framing, made), resource="accountingledger.nv", times=None)
            found = read(simulator, directory)
            sent = sum(call.bytes for call in simulator.calls.of("accountingledger.nv"))
            print(
                f"{size} MB ({framing}, {sent / 10**6:.0f} MB on the wire): {found.vouchers} vouchers, "
                f"{found.seconds:.0f} s, peak {found.peak / 2**20:.0f} MB",
                flush=True,
            )
            (ledger,) = made
            assert (found.code, found.errors, found.stderr) == (0, [], ""), found
            assert found.vouchers == ledger.vouchers, f"{found.vouchers} of {ledger.vouchers} vouchers"
            assert found.left == [], found.left
            peak = peak or found.peak
            assert found.peak <= peak * MORE, f"memory grew from {peak} to {found.peak} bytes"
        simulator.faults.clear()
        simulator.faults.add(large(megabytes * 10**6, "length", []), resource="accountingledger.nv", times=None)
        found = read(simulator, directory, room=megabytes * 10**5)
        print(f"{megabytes} MB on a disk of a tenth: {found.errors[0]}", flush=True)
        assert (found.code, found.vouchers, found.left, found.stderr) == (1, 0, [], "")
        assert found.errors[0].startswith(
            "vouchers: The reply of accountingledger.nv could not be kept on this machine's"
        )
        simulator.assert_clean()
    print("Large replies are read whole, in flat memory, and leave nothing behind.")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=2000)
    try:
        big_reply(parser.parse_args().megabytes)
    except AssertionError as error:
        print(f"The test of large replies failed: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
