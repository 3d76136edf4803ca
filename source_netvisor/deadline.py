"""An end for every call, wherever it hangs.

The time-outs of a connection begin anew with each byte: a reply, or its headers, that come a byte a minute would keep a
sync busy for days. So each attempt has an hour at most in all, and its connection is shut down when that is over.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import requests.adapters
import urllib3.connection

_attempt = threading.local()


class Deadline:
    """The time that one attempt has, from the `with` statement on.

    Args:
        seconds: how long.

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
        _attempt.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._connection = None
        _attempt.deadline = None

    def watch(self, connection: socket.socket | None) -> None:
        """The attempt uses this connection."""
        with self._lock:
            self._connection = connection
            if self.expired:
                self._shut_down()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                # the plain socket's method: that of a TLS socket also takes its state away from who reads
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


class _Watched:
    """Tells the attempt's deadline which connection is used, when the request is out."""

    sock: socket.socket | None

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        deadline: Deadline | None = getattr(_attempt, "deadline", None)
        if deadline is not None:
            deadline.watch(self.sock)
        return super().getresponse(*args, **kwargs)  # type: ignore[misc]


class _WatchedHTTP(_Watched, urllib3.connection.HTTPConnection):
    """Without TLS."""


class _WatchedHTTPS(_Watched, urllib3.connection.HTTPSConnection):
    """With TLS."""


class WatchedAdapter(requests.adapters.HTTPAdapter):
    """The adapter of `requests` with connections that have a deadline."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of connections to the host, or to the proxy before it."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.ConnectionCls is urllib3.connection.HTTPConnection:
            pool.ConnectionCls = _WatchedHTTP
        elif pool.ConnectionCls is urllib3.connection.HTTPSConnection:
            pool.ConnectionCls = _WatchedHTTPS
        return pool
