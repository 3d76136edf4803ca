"""The simulated Netvisor: an HTTP server that checks, records, refuses and answers."""

from __future__ import annotations

import contextlib
import socket
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any

from . import frames, query, signature
from .assumptions import ApiAssumptions
from .calls import Call, Calls, hung_up, without_secrets
from .faults import Faults, Moment
from .registry import registry
from .resource import Refusal, Request, Resource
from .rights import Rights
from .signature import Signatures, User
from .wire import Answer, HungUp, Wire

BUSINESS_ID = "1967543-8"
USER_ID = "SIM_12345_678"
USER_KEY = "5151" * 8
PARTNER_ID = "Sim_249"
PARTNER_KEY = "9a9a" * 8
"""Credentials that no Netvisor knows. The business id is the one of the documents' example."""

DEFAULT_USERS = (User(USER_ID, USER_KEY, frozenset({BUSINESS_ID})),)


class NetvisorSimulator:
    """A Netvisor on 127.0.0.1 while the `with` block lasts.

    Args:
        company: handed to the resources with every call; or companies by business id, where there are several.
        resources: what can be read; by default everything that the sub-package `resources` has.
        assumptions: how ambiguous documents are played.
        clock: the company's time, an aware datetime; real time by default. Signatures are always held against the
            real time.
        users: users' API identifiers.
        partners: partner keys by partner id.
        latency: seconds before the first byte of every answer.
        bytes_per_second: rate of every body.
        max_in_flight: calls of one company that may overlap. Netvisor asks for one.
        port: 0 for any free one.

    Attributes:
        url: the address, without a slash at its end.
        calls: the record of every call.
        rights: allowed and blocked resources.
        faults: faults to be played.
    """

    def __init__(
        self,
        company: Any,
        resources: Iterable[Resource] | None = None,
        assumptions: ApiAssumptions = ApiAssumptions(),  # noqa: B008 (immutable)
        clock: Callable[[], datetime] | None = None,
        users: Iterable[User] = DEFAULT_USERS,
        partners: Mapping[str, str] | None = None,
        latency: float = 0.0,
        bytes_per_second: float | None = None,
        max_in_flight: int = 1,
        port: int = 0,
    ) -> None:
        self.companies: dict[str, Any] = dict(company) if isinstance(company, Mapping) else {BUSINESS_ID: company}
        self.resources = registry() if resources is None else registry(resources)
        self.assumptions = assumptions
        self.clock = clock or (lambda: datetime.now(timezone.utc))
        self.latency = latency
        self.bytes_per_second = bytes_per_second
        self.calls = Calls(max_in_flight)
        self.rights = Rights()
        self.faults = Faults()
        self.signatures = Signatures(users, partners or {PARTNER_ID: PARTNER_KEY}, assumptions)
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler, self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"  # ignore-https-check
        self._thread: threading.Thread | None = None

    def __enter__(self) -> NetvisorSimulator:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        # it waits for a connection, and for nothing else
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self._server.server_port), timeout=1).close()
        assert self._thread is not None
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def _serve(self) -> None:
        while not self.stopping.is_set():
            self._server.handle_request()

    @property
    def now(self) -> datetime:
        """The moment on the company's clock, Europe/Helsinki."""
        return self.clock().astimezone(query.HELSINKI)

    def config(self, **other: Any) -> dict[str, Any]:
        """A configuration of the connector that reads the first company of this simulator.

        Args:
            other: further properties, or other values of these.
        """
        user = next(iter(self.signatures.users.values()))
        partner_id, partner_key = next(iter(self.signatures.partners.items()))
        return {
            "company_name": "Simulated company",
            "business_id": next(iter(self.companies)),
            "api_user_id": user.identifier,
            "api_key": user.key,
            "partner_id": partner_id,
            "partner_key": partner_key,
            "base_url": self.url,
            **other,
        }

    def assert_clean(self) -> None:
        """Nothing has been called that must not be, nothing at the same time, nothing unsigned.

        Raises:
            AssertionError: with a line for each such call.
        """
        complaints = self.calls.complaints()
        if complaints:
            raise AssertionError("\n".join(complaints))

    def answer(self, call: Call, target: str, headers: list[tuple[str, str]]) -> Answer:
        """The answer to a recorded call, faults included.

        Args:
            call: its record; what is found out is entered.
            target: target of the request line, as received.
            headers: request headers.
        """
        sent = {name.lower(): value for name, value in headers}
        moment = Moment(self.now, sent.get(signature.STATUS_CODES) == "1", self.assumptions)
        try:
            answer = self._good_answer(call, target, headers, moment)
        except Refusal as refusal:
            answer = self._failed(refusal, moment)
        except Exception as error:  # noqa: BLE001 (a test has to see it, whatever it is)
            call.crash = "".join(traceback.format_exception(error))
            answer = self._failed(Refusal("TECHNICAL_ERROR", f"{type(error).__name__} in the simulator"), moment)
        answer.delay += self.latency
        fault = self.faults.pick(call)
        if fault is not None:
            call.fault = fault.name
            answer = fault.play(answer, moment)
        call.code, call.text = answer.code, answer.text
        return answer

    def _good_answer(self, call: Call, target: str, headers: list[tuple[str, str]], moment: Moment) -> Answer:
        """Every check in turn, then the resource; raises Refusal."""
        resource = self.resources.get(call.resource)
        if call.method != "GET":
            call.forbidden = f"{call.method} writes"
        elif resource is None:
            call.forbidden = "not a resource that reads"
        try:
            self.signatures.verify(self.url + target, headers, datetime.now(timezone.utc))
        except Refusal as refusal:
            call.text = refusal.text
            raise
        call.signed = True
        if call.overlap:
            raise Refusal("TECHNICAL_ERROR", "Overlapping messages to the same customer environment")
        if call.forbidden or resource is None:
            raise Refusal("INVALID_DATA", f"Data form incorrect:. {call.resource or '/'}: {call.forbidden}")
        self.rights.require(resource.name)
        values = query.parse(call.query, resource, self.assumptions.encoded_commas == "accepted")
        sent = {name.lower(): value for name, value in headers}
        company = self.companies[sent[signature.ORGANISATION]]
        reply = resource.answer(Request(company, values, moment.now, self.assumptions, sent[signature.LANGUAGE]))
        chunks = iter(reply.body)
        first = next(chunks, "")  # a refusal comes before the first chunk or not at all
        body = frames.ok(chain([first], chunks), moment.now, self.assumptions)
        return Answer(headers={"Content-Type": frames.CONTENT_TYPE, **reply.headers}, body=body, code="OK")

    def _failed(self, refusal: Refusal, moment: Moment) -> Answer:
        status = frames.http_status(refusal.code, moment.codes_asked_for, self.assumptions)
        body = frames.failed(refusal.code, refusal.text, moment.now)
        if status == 403 and not self.assumptions.forbidden_body:
            body = b""
        answer = Answer.whole(body, status, {"Content-Type": frames.CONTENT_TYPE})
        answer.code, answer.text = refusal.code, refusal.text
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[_Handler], simulator: NetvisorSimulator) -> None:
        self.simulator = simulator
        self.connections: set[socket.socket] = set()
        super().__init__(address, handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether there is still somebody to answer."""
        return not self.simulator.stopping.is_set()

    def hang_up(self) -> None:
        """Close what is still open, so that no thread waits for a caller's next request."""
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that callers break are nothing to print about."""


class _Handler(BaseHTTPRequestHandler):
    """One connection. The request line is taken raw: http.server would change a target that begins with `//`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each short answer waits 40 ms for the caller's acknowledgement
    server: _Server
    raw_requestline: bytes

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """The record is in `calls`."""

    def do_GET(self) -> None:
        """Answer one request, of whatever method."""
        simulator = self.server.simulator
        target = self.raw_requestline.decode("iso-8859-1").split(" ")[1].rstrip("\r\n")
        path, _, raw_query = target.partition("?")
        headers = list(self.headers.items())
        port = self.client_address[1]
        call = Call(self.command, path.lstrip("/").lower(), raw_query, without_secrets(headers), port)
        company = self.headers.get(signature.ORGANISATION, "")
        simulator.calls.begin(call, company, self.connection)
        self.close_connection = True
        try:
            keep_alive = self._read_request_body() and self.command == "GET"
            keep_alive = keep_alive and self.headers.get("Connection", "").lower() != "close"
            answer = simulator.answer(call, target, headers)
            wire = Wire(self.connection, call, simulator.calls.end, simulator.stopping, simulator.bytes_per_second)
            self.close_connection = not wire.send(answer, keep_alive and self.request_version == "HTTP/1.1")
        except HungUp:
            pass
        except Exception as error:  # noqa: BLE001 (as above, in the middle of a body)
            call.crash = "".join(traceback.format_exception(error))
        finally:
            simulator.calls.end(call)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET

    def _read_request_body(self) -> bool:
        """Take in what a caller sent along; False where the connection cannot be used again."""
        if "Transfer-Encoding" in self.headers:
            return False
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > 1 << 20:
            return False
        self.rfile.read(int(length))
        return not hung_up(self.connection)
