"""A bar for PyAirbyte's reads: how many streams are finished, and how far the present one is.

PyAirbyte shows neither. So it is given a command that runs the connector, hands on every word it says and notes the
position: that a stream is finished is known from its STREAM_STATUS, how far it is from Airbyte's ESTIMATE traces.
PyAirbyte throws the command's standard error away, so the bar comes back through a named pipe.

    with connector_with_bar(Path("source-netvisor")) as command:
        source = airbyte.get_source("source-netvisor", local_executable=command, ...)
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

BAR = 24
"""Characters."""
END = b"\x04"
"""What ends the talk through the pipe."""


@contextmanager
def connector_with_bar(connector: Path, output: TextIO = sys.stderr) -> Iterator[Path]:
    """A command like the connector's own; while it reads, a bar is drawn.

    Args:
        connector: the connector's console script.
        output: where the bar is drawn: on one line in a terminal, as a line now and then anywhere else.
    """
    columns = shutil.get_terminal_size().columns - 1 if output.isatty() else 0
    with tempfile.TemporaryDirectory() as directory:
        pipe = Path(directory) / "bar"
        os.mkfifo(pipe)
        command = Path(directory) / connector.name
        words = [sys.executable, str(Path(__file__).resolve()), str(pipe), str(columns), str(connector)]
        command.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        command.chmod(0o755)
        # open for both: the first end would wait for the other, and the last one would end the reading
        with open(os.open(pipe, os.O_RDWR), "r+b", buffering=0) as bar:
            thread = threading.Thread(target=_copy, args=(bar.fileno(), output))
            thread.start()
            try:
                yield command
            finally:
                bar.write(END)
                thread.join()


def _copy(bar: int, output: TextIO) -> None:
    """Write to the output what comes through the pipe."""
    received = b""
    while not received.endswith(END):
        received = os.read(bar, 4096)
        output.write(received.replace(END, b"").decode(errors="replace"))
        output.flush()


class Progress:
    """Follows a read by its messages.

    Args:
        streams: names of the selected streams.
        output: where the bar is drawn.
        columns: width of the terminal; 0 for lines.
    """

    def __init__(self, streams: list[str], output: TextIO, columns: int) -> None:
        self._streams = streams
        self._output = output
        self._columns = columns
        self._pause = 0.1 if columns else 5.0
        self._next = time.monotonic() + self._pause
        self._finished: set[str] = set()
        self._estimates: dict[str, int] = {}
        self._records: dict[str, int] = {}

    def follow(self, line: str) -> None:
        """Take note of a message, and draw if the last drawing is old enough."""
        if line.startswith('{"type":"RECORD"'):
            # most lines by far: the name stands right at the beginning, and parsing the rest would cost seconds
            name = line.partition('"stream":"')[2].partition('"')[0]
            self._records[name] = self._records.get(name, 0) + 1
            now_at = name
        else:
            now_at = self._trace(line)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._pause
            self._draw(now_at)

    def _trace(self, line: str) -> str:
        """The stream that a trace is about; empty for other messages."""
        try:
            trace = json.loads(line).get("trace") or {}
        except ValueError:
            return ""
        estimate: dict[str, Any] = trace.get("estimate") or {}
        if estimate.get("row_estimate"):
            self._estimates[estimate["name"]] = estimate["row_estimate"]
        status: dict[str, Any] = trace.get("stream_status") or {}
        name = str(estimate.get("name") or (status.get("stream_descriptor") or {}).get("name") or "")
        if status.get("status") in ("COMPLETE", "INCOMPLETE"):
            self._finished.add(name)
        return name

    @property
    def share(self) -> float:
        """The part of the work that is done, 0 to 1: finished streams whole, others by their estimate."""
        begun = sum(
            min(self._records.get(name, 0) / rows, 1.0)
            for name, rows in self._estimates.items()
            if name not in self._finished
        )
        return (len(self._finished) + begun) / max(len(self._streams), 1)

    def end(self) -> None:
        """Draw the last position and go to the next line."""
        self._draw("")
        if self._columns:
            self._output.write("\n")
            self._output.flush()

    def _draw(self, stream: str) -> None:
        full = int(BAR * min(self.share, 1.0))
        records = sum(self._records.values())
        text = (
            f"  [{'#' * full}{'.' * (BAR - full)}] {len(self._finished):2} of {len(self._streams)} streams, "
            f"{records:,} records  {stream}"
        )
        if self._columns:
            self._output.write(f"\r{text:<{self._columns}.{self._columns}}")
        else:
            self._output.write(text.rstrip() + "\n")
        self._output.flush()


def _selected(arguments: list[str]) -> list[str]:
    """The streams of the catalog on the command line."""
    catalog = json.loads(Path(arguments[arguments.index("--catalog") + 1]).read_text())
    return [configured["stream"]["name"] for configured in catalog["streams"]]


def main(pipe: str, columns: str, *command: str) -> int:
    """Run the connector and return its exit status.

    Args:
        pipe: where the bar goes.
        columns: width of the terminal, 0 where there is none.
        command: of the connector.
    """
    if command[1:2] != ("read",):
        os.execv(command[0], command)
    with (
        open(pipe, "w", encoding="utf-8") as bar,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as connector,
    ):
        signal.signal(signal.SIGTERM, lambda number, frame: connector.send_signal(number))
        progress = Progress(_selected(list(command)), bar, int(columns))
        assert connector.stdout is not None
        for line in connector.stdout:
            sys.stdout.write(line)
            progress.follow(line)
        sys.stdout.flush()
        progress.end()
    return connector.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
