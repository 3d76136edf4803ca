"""Standard output takes whole lines, whatever kind of pipe it is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = (
    "import sys; from source_netvisor.protocol import output, termination\n"
    "with termination.handle_signals():\n"
    "    output.prepare()\n"
    "    for number in range(500):\n"
    "        print(f'log line {number}')\n"
    "        output.write(b'%06d' % number + b'x' * 9_993 + b'\\n')\n"
    "    output.flush()\n"
)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("blocking", [True, False])
def test_a_slow_reader_gets_every_line(blocking: bool, unbuffered: str, tmp_path: Path) -> None:
    """A pipe that does not block says "again" when it is full; what Python's buffer makes of that is a lost line."""
    reading, writing = os.pipe()
    os.set_blocking(writing, blocking)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    ) as process:  # fmt: skip
        os.close(writing)
        received = bytearray()
        time.sleep(0.5)
        while chunk := os.read(reading, 1 << 16):
            received += chunk
            time.sleep(0.0005)
        os.close(reading)
        assert process.stderr is not None and process.stderr.read() == b""
    assert process.returncode == 0
    lines = bytes(received).split(b"\n")
    assert lines.pop() == b""
    assert [line for line in lines if line.startswith(b"log")] == [b"log line %d" % n for n in range(500)]
    assert [line for line in lines if not line.startswith(b"log")] == [b"%06d" % n + b"x" * 9_993 for n in range(500)]
