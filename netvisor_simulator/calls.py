"""The record of every call, and the rule that a company gets one message at a time (article 77000500440)."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import overload

SECRET_HEADERS = frozenset(
    {"x-netvisor-authentication-mac", "x-netvisor-authentication-customerid", "authorization", "cookie"}
)


@dataclass
class Call:
    """One call as the server saw it.

    Attributes:
        method: HTTP method.
        resource: file name asked for, in lower case (`accountlist.nv`).
        query: raw query string, as received.
        headers: request headers by lower-case name; secret ones hold `***`.
        port: of the caller, another one for each connection.
        at: when it arrived, UTC, by the real clock.
        in_flight: calls of this company that were being answered, this one included.
        status: HTTP status answered; None while there is none, and where the connection was closed instead.
        code: `OK` or the Netvisor code of the frame; None where a fault answered with something else.
        text: what followed the code, in a FAILED frame.
        bytes: size of the response body sent.
        duration: seconds from the request to the end of the body; None while it goes on.
        fault: name of the fault that was played.
        signed: the signature, its headers and the transaction id were all right.
        overlap: it came while another call of the company was being answered.
        forbidden: why it must not have been sent: not a resource that reads, or not a GET.
        crash: traceback of a fault of the simulator's own.
        hung_up: the caller closed the connection before the end of the reply.
    """

    method: str
    resource: str
    query: str
    headers: dict[str, str]
    port: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    in_flight: int = 0
    status: int | None = None
    code: str | None = None
    text: str | None = None
    bytes: int = 0
    duration: float | None = None
    fault: str | None = None
    signed: bool = False
    overlap: bool = False
    forbidden: str | None = None
    crash: str | None = None
    hung_up: bool = False
    started: float = field(default_factory=time.monotonic, repr=False)

    @property
    def complaint(self) -> str | None:
        """Why this call must not have happened; None where it was clean."""
        if self.crash:
            return f"the simulator failed: {self.crash}"
        if self.forbidden:
            return f"forbidden: {self.forbidden}"
        if self.overlap:
            return f"overlaps another call of the company ({self.in_flight} in flight)"
        if not self.signed:
            return f"not signed as it should be: {self.text}"
        return None


def without_secrets(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name, fit to be kept and printed."""
    return {name.lower(): "***" if name.lower() in SECRET_HEADERS else value for name, value in headers}


def hung_up(connection: socket.socket) -> bool:
    """Has the caller closed its end? Reads nothing from the connection."""
    try:
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        return bool(poll.poll(0)) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


class Calls(Sequence[Call]):
    """All calls in the order of their arrival; safe to read while the server runs.

    Args:
        max_in_flight: calls that a company may have under way at once; Netvisor asks for one.
    """

    def __init__(self, max_in_flight: int = 1) -> None:
        self.max_in_flight = max_in_flight
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._under_way: dict[str, list[tuple[Call, socket.socket]]] = {}

    def begin(self, call: Call, company: str, connection: socket.socket) -> None:
        """Enter a call, and mark it where it overlaps another of the same company.

        A call whose caller has hung up is over: to give up waiting and try again is no overlap.
        """
        with self._lock:
            others = [pair for pair in self._under_way.get(company, []) if not hung_up(pair[1])]
            call.in_flight = len(others) + 1
            call.overlap = call.in_flight > self.max_in_flight
            self._under_way[company] = [*others, (call, connection)]
            self._calls.append(call)

    def end(self, call: Call) -> None:
        """The call is over; to be told before the last byte leaves, since the caller may then send the next."""
        with self._lock:
            if call.duration is None:
                call.duration = time.monotonic() - call.started
            for company, pairs in self._under_way.items():
                self._under_way[company] = [pair for pair in pairs if pair[0] is not call]

    def of(self, resource: str) -> list[Call]:
        """The calls of one resource."""
        return [call for call in self if call.resource == resource.lower()]

    def resources(self) -> list[str]:
        """The resource of each call, in order."""
        return [call.resource for call in self]

    def complaints(self) -> list[str]:
        """A line for each call that must not have happened."""
        return [
            f"call {number}, {call.method} {call.resource}?{call.query}: {call.complaint}"
            for number, call in enumerate(self, start=1)
            if call.complaint
        ]

    def clear(self) -> None:
        """Forget all calls so far."""
        with self._lock:
            self._calls.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        with self._lock:
            return iter(list(self._calls))

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        with self._lock:
            return self._calls[index]
