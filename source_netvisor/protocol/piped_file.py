"""A file of the command line that is a pipe (`--config <(...)`): read once, and kept in memory to be read again.

The CDK reads each file by its path, after this connector has looked at it, so what was in the pipe gets a path of its
own: that of a file in memory, which no other user can open and which ends with the process. No copy of a key is left on
a disk.
"""

from __future__ import annotations

import os
import select
import stat
import time

LONGEST_WAIT = 60.0
"""Seconds without a byte after which nobody is taken to write to the pipe."""
_CHUNK = 1 << 20


class PipeUnreadable(Exception):
    """The pipe cannot be read; the text says why, as the end of a sentence."""


def is_pipe(path: str) -> bool:
    """Whether the path names a pipe."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except OSError:
        return False


def readable_again(path: str, longest_wait: float = LONGEST_WAIT) -> str:
    """The path of a file in memory with what the pipe had.

    Args:
        path: of a pipe.
        longest_wait: seconds without a byte that are waited for.

    Raises:
        PipeUnreadable: nobody writes to it, or this system has no files in memory.
        OSError: it cannot be opened.
    """
    if not hasattr(os, "memfd_create"):
        raise PipeUnreadable("is a pipe, which this system cannot read twice; give a file")
    kept = os.memfd_create("source-netvisor", 0)
    # without waiting for a writer to open it: one that never comes would hold the run up for ever
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _copy(pipe, kept, longest_wait)
    finally:
        os.close(pipe)
    return f"/proc/self/fd/{kept}"


def _copy(pipe: int, kept: int, longest_wait: float) -> None:
    waiter = select.poll()
    waiter.register(pipe, select.POLLIN)
    last_byte = time.monotonic()
    while True:
        events = [event for _, event in waiter.poll(200)]
        try:
            chunk = os.read(pipe, _CHUNK)
        except BlockingIOError:
            chunk = b""
        if chunk:
            last_byte = time.monotonic()
            while chunk:
                chunk = chunk[os.write(kept, chunk) :]
        elif events and events[0] & select.POLLHUP:
            # whoever wrote has closed it; before the first writer comes there is no such event
            return
        elif time.monotonic() - last_byte > longest_wait:
            raise PipeUnreadable(f"is a pipe to which nobody has written for {longest_wait:.0f} seconds; give a file")
