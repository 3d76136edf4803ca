"""A web server of a few lines that answers each resource with a hand-made reply, whatever else is asked."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from integration_tests.handmade.case import Case


class HandmadeServer:
    """Answers while the `with` block lasts.

    Attributes:
        asked: resource and query of each call, in order.
    """

    def __init__(self, case: Case) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                resource, query = parts.path.lstrip("/"), dict(parse_qsl(parts.query))
                outer.asked.append((resource, query))
                found = case.replies.get(resource)
                body = found(query) if callable(found) else found
                data = body.encode() if isinstance(body, str) else body or b"no such resource"
                self.send_response(200 if found is not None else 404)
                # as recorded replies say, though it is XML
                self.send_header("Content-Type", "text/html; charset=utf-8")
                for name, value in case.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> HandmadeServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
