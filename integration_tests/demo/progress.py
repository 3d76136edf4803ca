"""Where a sync is: a bar that stays on one line in a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

BAR = 24
"""Characters."""


class Progress:
    """Shows how many streams are finished and how many records have come.

    Args:
        streams: how many there are.
        output: where it is written.
        pause: seconds between two positions; None: often in a terminal, now and then elsewhere.
    """

    def __init__(self, streams: int, output: TextIO = sys.stdout, pause: float | None = None) -> None:
        self._streams = streams
        self._output = output
        self._terminal = output.isatty()
        self._began = time.monotonic()
        self._pause = pause if pause is not None else 0.1 if self._terminal else 2.0
        self._next = self._began + self._pause

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def show(self, finished: int, records: int, stream: str) -> None:
        """The present position; written only if the last one is old enough."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._pause
        text = f"{finished:2} of {self._streams} streams, {records:6,} records, {now - self._began:4.0f} s  {stream}"
        if not self._terminal:
            print(f"   {text}", file=self._output, flush=True)
            return
        full = BAR * finished // max(self._streams, 1)
        bar = "#" * full + "." * (BAR - full)
        self._write_over(f"   [{bar}] {text}")

    def end(self) -> None:
        """Clears the bar away."""
        if self._terminal:
            self._write_over("")
            self._output.write("\r")

    def _write_over(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._output.write(f"\r{text:<{width}.{width}}")
        self._output.flush()
