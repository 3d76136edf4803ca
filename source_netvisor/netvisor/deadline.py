"""An end for every call, wherever it hangs.

The time-outs of a connection begin again with each byte: a reply, its headers, or what a proxy says before them, that
come a byte a minute would keep a sync busy for days. (A TLS handshake has its time in all, Python sees to that.) So
each attempt has an hour at most in all, and its connection is shut down when that is over.
"""

from __future__ import annotations

import contextlib
import socket
import threading

from source_netvisor import errors

_attempt = threading.local()


class Deadline:
    """The time that one attempt has, from the `with` statement on.

    Args:
        seconds: how long.

    Raises:
        NetvisorError: the system starts no thread that could watch the time.

    Attributes:
        expired: it is over; whatever the call ended with came of that.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._connection: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        try:
            self._timer.start()
        except RuntimeError:
            raise errors.no_thread() from None
        _attempt.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
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

    def _expire(self) -> None:
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
