"""A Netvisor that answers from files, so that what is measured is the contestant and not the server.

What has no files is an empty list. Nothing is checked here: the simulator of the tests does that.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from benchmarks.ledger import HEAD, TAIL, Ledger

BEGIN = HEAD.replace(b"    <Vouchers>\r\n", b"")
S = TypeVar("S", bound="FilesServer")
PIECE = 1 << 18
"""Bytes that are sent at once where the rate is limited."""


class FilesServer:
    """Serves files on a free port of 127.0.0.1; a context manager.

    Args:
        bytes_per_second: rate of every body; None: as fast as it can.
        latency: seconds before the first byte.

    Attributes:
        calls: (resource, query) of every call.
        sent: bytes of all bodies.
    """

    def __init__(self, bytes_per_second: float | None = None, latency: float = 0.0) -> None:
        self.calls: list[tuple[str, str]] = []
        self.sent = 0
        self.bytes_per_second = bytes_per_second
        self.latency = latency
        server = self

        class Handler(_Handler):
            replies = server

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"  # ignore-https-check

    def __enter__(self: S) -> S:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def reset(self) -> None:
        """Forgets what was asked so far."""
        self.calls, self.sent = [], 0

    def files(self, resource: str, query: Mapping[str, list[str]]) -> list[Path]:
        """The files with the rows of a reply."""
        raise NotImplementedError

    def frame(self, resource: str) -> tuple[bytes, bytes]:
        """What stands before and after the rows."""
        return BEGIN, b"</Root>"


class RepliesServer(FilesServer):
    """Serves a ledger.

    Args:
        ledger: its files.
    """

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger

    def files(self, resource: str, query: Mapping[str, list[str]]) -> list[Path]:
        """The files with the vouchers of the months that lie within the asked days."""
        if resource != "accountingledger.nv":
            return []
        begin = query.get("startdate", ["0001-01-01"])[0]
        end = query.get("enddate", ["9999-12-31"])[0]
        starts = [first.isoformat() for first, _ in self.ledger.months]
        # the last month is asked for with no end
        ends = [*starts[1:], begin]
        return [
            self.ledger.directory / name
            for (_, name), first, following in zip(self.ledger.months, starts, ends, strict=True)
            if begin <= first and following <= end
        ]

    def frame(self, resource: str) -> tuple[bytes, bytes]:
        """The vouchers stand in a list."""
        return (HEAD, TAIL) if resource == "accountingledger.nv" else super().frame(resource)


class _Handler(BaseHTTPRequestHandler):
    replies: FilesServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        replies = self.replies
        asked = urlsplit(self.path)
        resource = asked.path.strip("/").lower()
        replies.calls.append((resource, asked.query))
        paths = replies.files(resource, parse_qs(asked.query.lower()))
        head, tail = replies.frame(resource)
        size = sum(path.stat().st_size for path in paths) + len(head) + len(tail)
        time.sleep(replies.latency)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(head)
        self.wfile.flush()
        for path in paths:
            self._send(path)
        self.wfile.write(tail)
        replies.sent += size

    def _send(self, path: Path) -> None:
        rate, began = self.replies.bytes_per_second, time.monotonic()
        with path.open("rb") as file:
            offset, left = 0, path.stat().st_size
            while left:
                piece = min(left, PIECE) if rate else left
                done = os.sendfile(self.connection.fileno(), file.fileno(), offset, piece)
                offset, left = offset + done, left - done
                if rate:
                    time.sleep(max(0.0, began + offset / rate - time.monotonic()))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        pass
