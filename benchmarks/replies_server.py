"""A Netvisor that answers from files, so that what is measured is the contestant and not the server.

It knows accountingledger.nv by month of the voucher date, and answers every other resource with an empty list. Nothing
is checked here: the simulator of the tests does that.
"""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.ledger import HEAD, TAIL, Ledger

EMPTY = (HEAD.replace(b"    <Vouchers>\r\n", b""), b"</Root>")
"""What an empty list of any other resource looks like."""


class RepliesServer:
    """Serves a ledger on a free port of 127.0.0.1; a context manager.

    Attributes:
        calls: (resource, query) of every call.
        sent: bytes of all bodies.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.calls: list[tuple[str, str]] = []
        self.sent = 0
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

    def __enter__(self) -> RepliesServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def reset(self) -> None:
        """Forgets what was asked so far."""
        self.calls, self.sent = [], 0

    def files(self, resource: str, query: dict[str, list[str]]) -> list[str]:
        """The files with the vouchers of the months that lie within the asked days."""
        if resource != "accountingledger.nv":
            return []
        begin = query.get("startdate", ["0001-01-01"])[0]
        end = query.get("enddate", ["9999-12-31"])[0]
        starts = [first.isoformat() for first, _ in self.ledger.months]
        # the last month is asked for with no end
        ends = [*starts[1:], begin]
        return [
            name
            for (_, name), first, following in zip(self.ledger.months, starts, ends, strict=True)
            if begin <= first and following <= end
        ]


class _Handler(BaseHTTPRequestHandler):
    replies: RepliesServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        replies = self.replies
        asked = urlsplit(self.path)
        resource = asked.path.strip("/").lower()
        replies.calls.append((resource, asked.query))
        paths = [replies.ledger.directory / name for name in replies.files(resource, parse_qs(asked.query.lower()))]
        head, tail = (HEAD, TAIL) if resource == "accountingledger.nv" else EMPTY
        size = sum(path.stat().st_size for path in paths) + len(head) + len(tail)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(head)
        self.wfile.flush()
        for path in paths:
            with path.open("rb") as file:
                offset, left = 0, path.stat().st_size
                while left:
                    done = os.sendfile(self.connection.fileno(), file.fileno(), offset, left)
                    offset, left = offset + done, left - done
        self.wfile.write(tail)
        replies.sent += size

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        pass
