"""Standard output: Airbyte's messages, a line each."""

from __future__ import annotations

import io
import os
import select
import sys
from typing import Any


class StdoutClosed(Exception):
    """Nobody reads the output any more, or there is no room for it; the text is the system's reason."""


def prepare() -> None:
    """Makes standard output and error UTF-8, as Airbyte's protocol is, and the output buffered.

    Container images often ask for none (PYTHONUNBUFFERED). Then each record would be a call of the system's, and Python
    would drop the rest of a line whose writing a signal interrupts. A pipe that does not block (one of a parent with an
    event loop, for instance) is waited for when it is full.
    """
    if sys.stdout is None:
        # closed by whoever started this process
        sys.exit("source-netvisor: there is no standard output to write to.")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if not os.get_blocking(sys.stdout.fileno()):
        waiting = io.BufferedWriter(_WaitingWriter(sys.stdout.fileno()))
        sys.stdout = io.TextIOWrapper(waiting, encoding="utf-8", errors="replace")
    elif isinstance(sys.stdout.buffer, io.RawIOBase):
        sys.stdout = open(sys.stdout.fileno(), "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


class _WaitingWriter(io.RawIOBase):
    """Writes to a file descriptor that does not block, and waits while it takes nothing.

    The descriptor stays as it is: whoever else has it may rely on that.

    Args:
        descriptor: stays open.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._ready = select.poll()
        self._ready.register(descriptor, select.POLLOUT)

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def write(self, data: Any) -> int:
        """As many bytes of the buffer as the descriptor takes, at least one."""
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                self._ready.poll()


def write(lines: bytes) -> None:
    """Writes messages of one type.

    Args:
        lines: whole ones, with their ends.

    Raises:
        StdoutClosed: they cannot be written.
    """
    try:
        sys.stdout.buffer.write(lines)
    except OSError as error:
        raise StdoutClosed(error.strerror) from error
    if not lines.startswith(b'{"type":"RECORD"'):
        # a state must not wait in a buffer; records may, they are worth nothing without it
        flush()


def flush() -> None:
    """Hands everything written to the system.

    Raises:
        StdoutClosed: it cannot be written.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        raise StdoutClosed(error.strerror) from error
