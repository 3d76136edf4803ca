"""An end for every call, wherever it hangs.

The time-outs of a connection begin again with each byte: a reply, its headers, or what a proxy says before them, that
come a byte a minute would keep a sync busy for days. (A TLS handshake has its time in all, Python sees to that.) So
each attempt has an hour at most in all, and its connection is shut down when that is over.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time

from source_netvisor import errors

_attempt = threading.local()


class _Timekeeper:
    """One thread that ends whatever attempt has had its time, for all calls of the process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ends: dict[Deadline, float] = {}
        self._next = float("inf")
        self._thread: threading.Thread | None = None

    def add(self, deadline: Deadline, end: float) -> None:
        """Ends the attempt at that moment.

        Raises:
            NetvisorError: the system starts no thread.
        """
        with self._changed:
            # in a process that was forked from one with such a thread there is none
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._watch, daemon=True, name="deadlines")
                try:
                    thread.start()
                except RuntimeError:
                    raise errors.no_thread() from None
                self._thread = thread
            self._ends[deadline] = end
            if end < self._next:
                self._changed.notify()

    def remove(self, deadline: Deadline) -> None:
        """The attempt is over."""
        # the thread is not told: it wakes up at the end that it knows of, and looks for the next one
        with self._changed:
            self._ends.pop(deadline, None)

    def _watch(self) -> None:
        while True:
            with self._changed:
                now = time.monotonic()
                expired = [deadline for deadline, end in self._ends.items() if end <= now]
                for deadline in expired:
                    del self._ends[deadline]
                self._next = min(self._ends.values(), default=float("inf"))
                if not expired:
                    self._changed.wait(min(self._next - now, threading.TIMEOUT_MAX))
            for deadline in expired:
                deadline.expire()


_timekeeper = _Timekeeper()


class Deadline:
    """The time that one attempt has, from the `with` statement on.

    Args:
        seconds: how long.

    Raises:
        NetvisorError: the system starts no thread that could watch the time.

    Attributes:
        expired: it is over; whatever the call ended with is due to that.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._seconds = seconds
        self._connection: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Deadline:
        _timekeeper.add(self, time.monotonic() + self._seconds)
        _attempt.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        _timekeeper.remove(self)
        self.watch(None)
        _attempt.deadline = None

    def watch(self, connection: socket.socket | None) -> None:
        """The attempt uses this connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            # a second handle on it: TLS takes the first one away, and holds it while it shakes hands
            self._connection = connection and _second_handle(connection)
            if self.expired:
                self._shut_down()

    def expire(self) -> None:
        """Ends the attempt now."""
        with self._lock:
            self.expired = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


def _second_handle(connection: socket.socket) -> socket.socket | None:
    with contextlib.suppress(OSError):
        # not the connection's own method, which a TLS connection does not have
        return socket.fromfd(connection.fileno(), connection.family, connection.type)
    return None


def current() -> Deadline | None:
    """The deadline of the attempt that this thread makes."""
    found: Deadline | None = getattr(_attempt, "deadline", None)
    return found
