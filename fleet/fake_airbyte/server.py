"""The fake as an HTTP server on 127.0.0.1."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .faults import Fault, Faults
from .refusal import Refusal
from .routes import Call, Checker, Routes
from .state import State

PUBLIC = "/api/public/v1"
CONFIGURATION = "/api/v1"
CLIENT_ID = "fake-client"
CLIENT_SECRET = "fake-client-secret-1f0e"


@dataclass(frozen=True)
class Exchange:
    """One call and its answer, as they went over HTTP."""

    call: Call
    status: int
    reply: Any


class FakeAirbyte:
    """Serves until it is closed.

    Args:
        faults: what goes wrong.
        checker: the connector's check; see `Routes`.
        inspect: called with each exchange; its complaints are kept.
        token_seconds: how long a token lives.
    """

    def __init__(
        self,
        faults: Faults | None = None,
        checker: Checker | None = None,
        inspect: Callable[[Exchange], list[str]] | None = None,
        token_seconds: int = 180,
    ) -> None:
        self.state = State()
        self.faults = faults or Faults()
        self.routes = Routes(self.state, checker)
        self.exchanges: list[Exchange] = []
        self.complaints: list[str] = []
        self.token_seconds = token_seconds
        self.tokens: dict[str, float] = {}
        self._inspect = inspect
        self._server = _Server(("127.0.0.1", 0), _Handler, self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address of the public API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PUBLIC}"  # ignore-https-check

    def environment(self) -> dict[str, str]:
        """How the tool reaches it."""
        return {"AIRBYTE_URL": self.url, "AIRBYTE_CLIENT_ID": CLIENT_ID, "AIRBYTE_CLIENT_SECRET": CLIENT_SECRET}

    def __enter__(self) -> FakeAirbyte:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def record(self, exchange: Exchange) -> None:
        """Keeps what was said, and what is wrong with it."""
        self.exchanges.append(exchange)
        if self._inspect:
            self.complaints += self._inspect(exchange)

    def calls(self, method: str, path: str = "/") -> list[Call]:
        """The calls of a method whose path begins so."""
        return [e.call for e in self.exchanges if e.call.method == method and e.call.path.startswith(path)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], fake: FakeAirbyte) -> None:
        super().__init__(address, handler)
        self.fake = fake


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Nothing is printed."""

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _serve(self) -> None:
        fake = self.server.fake
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        if len(content) < length:
            # the client has ended within its request, which is no call
            return self._drop()
        fault = fake.faults.next(self.command, parts.path.removeprefix(PUBLIC))
        if fault is Fault.DROP_BEFORE:
            return self._drop()
        if fault in (Fault.RATE_LIMIT, Fault.ERROR_BEFORE):
            return self._send(429 if fault is Fault.RATE_LIMIT else 500, {"message": "You are being rate limited."})
        status, reply = self._carried_out(parts.path, parts.query, content)
        if fault is Fault.DROP_AFTER:
            return self._drop()
        if fault is Fault.ERROR_AFTER:
            return self._send(502, {"message": "Bad gateway"})
        return self._send(status, reply)

    def _carried_out(self, path: str, query: str, content: bytes) -> tuple[int, Any]:
        fake = self.server.fake
        try:
            if path == PUBLIC + "/applications/token":
                return 200, self._token(content)
            self._signed_in()
            body = json.loads(content) if content else None
            names = {name: ",".join(values) for name, values in parse_qs(query, keep_blank_values=True).items()}
            if path.startswith(PUBLIC):
                call = Call(self.command, path.removeprefix(PUBLIC), names, body)
                return self._public(call)
            call = Call(self.command, path.removeprefix(CONFIGURATION), names, body)
            return 200, fake.routes.configuration_answer(call)
        except Refusal as refusal:
            return refusal.status, refusal.document()

    def _public(self, call: Call) -> tuple[int, Any]:
        fake = self.server.fake
        try:
            reply = fake.routes.answer(call)
            status = 204 if reply is None else 200
        except Refusal as refusal:
            status, reply = refusal.status, refusal.document()
        # as it is now, not as it becomes
        fake.record(Exchange(call, status, json.loads(json.dumps(reply))))
        return status, reply

    def _token(self, content: bytes) -> dict[str, Any]:
        fake = self.server.fake
        form = {name: values[0] for name, values in parse_qs(content.decode()).items()}
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        if form != wanted:
            raise Refusal(401, "The application is not known.")
        token = f"fake-token-{len(fake.tokens)}-{time.monotonic_ns()}"
        fake.tokens[token] = time.monotonic() + fake.token_seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": fake.token_seconds}

    def _signed_in(self) -> None:
        kind, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if kind != "Bearer" or self.server.fake.tokens.get(token, 0.0) < time.monotonic():
            raise Refusal(401, "The token is not valid.")

    def _send(self, status: int, reply: Any) -> None:
        content = b"" if reply is None else json.dumps(reply).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "0")
        if content:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()
