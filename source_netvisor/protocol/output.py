"""Standard output: Airbyte's messages, a line each."""

from __future__ import annotations

import io
import sys


class StdoutClosed(Exception):
    """Nobody reads the output any more, or there is no room for it; the text is the system's reason."""


def prepare() -> None:
    """Makes standard output and error UTF-8, as Airbyte's protocol is, and the output buffered.

    Container images often ask for none (PYTHONUNBUFFERED). Then each record would be a call of the system's, and Python
    would drop the rest of a line whose writing a signal interrupts.
    """
    if sys.stdout is None:
        # closed by whoever started this process
        sys.exit("source-netvisor: there is no standard output to write to.")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if isinstance(sys.stdout, io.TextIOWrapper) and isinstance(sys.stdout.buffer, io.RawIOBase):
        sys.stdout = open(sys.stdout.fileno(), "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


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
