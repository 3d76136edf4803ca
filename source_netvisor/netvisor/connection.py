"""The connection to Netvisor: with a deadline, without a memory, and past what a server says before its answer."""

from __future__ import annotations

import http.client
import logging
import socket
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests.adapters
import urllib3.connection

from source_netvisor.netvisor import deadline

# it logs odd headers with a stack trace and their text; what comes of them is reported by the client
logging.getLogger("urllib3").setLevel(logging.ERROR)


class _Answer(http.client.HTTPResponse):
    """The final answer: the standard library skips "100 Continue" before it, but not "103 Early Hints" and its like."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 102 <= status < 200:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _Watched:
    """Tells the attempt's deadline which connection is used: when it stands, and when a request is out."""

    sock: socket.socket | None
    response_class: Any = _Answer

    def _new_conn(self) -> socket.socket:
        connection: socket.socket = super()._new_conn()  # type: ignore[misc]
        attempt = deadline.current()
        if attempt is not None:
            attempt.watch(connection)
        return connection

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        attempt = deadline.current()
        if attempt is not None:
            attempt.watch(self.sock)
        return super().getresponse(*args, **kwargs)  # type: ignore[misc]


class _WatchedHTTP(_Watched, urllib3.connection.HTTPConnection):
    """Without TLS."""


class _WatchedHTTPS(_Watched, urllib3.connection.HTTPSConnection):
    """With TLS."""


class _Adapter(requests.adapters.HTTPAdapter):
    """The adapter of `requests` with these connections."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of connections to the host, or to the proxy before it."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.ConnectionCls is urllib3.connection.HTTPConnection:
            pool.ConnectionCls = _WatchedHTTP
        elif pool.ConnectionCls is urllib3.connection.HTTPSConnection:
            pool.ConnectionCls = _WatchedHTTPS
        return pool


def session() -> requests.Session:
    """A session over such connections; it takes no cookies: each call of Netvisor's is signed for itself."""
    made = requests.Session()
    made.mount("https://", _Adapter())
    made.mount("http://", _Adapter())  # ignore-https-check: loopback only, see config.py
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return made
