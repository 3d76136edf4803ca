"""An answer on its way: heads, chunks, delays, and the ways in which a connection can end badly."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Literal

from .calls import Call, hung_up

POLL = 0.02
"""Seconds between looks whether the caller has hung up, while the answer waits."""
PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass
class Answer:
    """What is to be sent, and how.

    Attributes:
        status: HTTP status.
        headers: response headers, without those of the framing.
        body: pieces of the body.
        code: Netvisor's code in the frame, for the record; None where there is no frame.
        text: what follows the code of a FAILED frame.
        length: value of Content-Length, right or wrong; None sends the body chunked.
        delay: seconds before the first byte.
        pause: seconds before each piece of the body.
        piece: greatest size of a piece, bytes; None leaves them as they come.
        cut: how the connection ends: not at all, by closing it (without the last chunk), or by a reset.
        cut_after: body bytes after which it is cut; None where the body is complete, but for its last chunk.
        silent: cut the connection before the status line.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()
    code: str | None = None
    text: str | None = None
    length: int | None = None
    delay: float = 0.0
    pause: float = 0.0
    piece: int | None = None
    cut: Literal["close", "reset"] | None = None
    cut_after: int | None = None
    silent: bool = False

    @classmethod
    def whole(cls, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
        """An answer with a body of known length, rightly announced."""
        return cls(status=status, headers=dict(headers or {}), body=[body], length=len(body))


class HungUp(Exception):
    """The caller closed the connection while the answer was under way."""


class Wire:
    """Sends one answer over a connection.

    Args:
        connection: the socket.
        call: the record to fill in.
        ended: told when the call is over, just before the last byte leaves.
        stopping: set when the server stops; every wait ends then.
        bytes_per_second: rate of the body; None for as fast as it goes.
    """

    def __init__(
        self,
        connection: socket.socket,
        call: Call,
        ended: Callable[[Call], None],
        stopping: threading.Event,
        bytes_per_second: float | None = None,
    ) -> None:
        self._connection = connection
        self._call = call
        self._ended = ended
        self._stopping = stopping
        self._rate = bytes_per_second

    def send(self, answer: Answer, keep_alive: bool) -> bool:
        """Send an answer; returns whether the connection can be used again.

        Raises:
            HungUp: the caller closed the connection.
        """
        try:
            self._wait(answer.delay)
            if answer.silent:
                return self._end(answer)
            self._call.status = answer.status
            last = self._send_body(answer, self._head(answer, keep_alive))
            if answer.cut is not None:
                return self._end(answer)
            self._ended(self._call)
            self._connection.sendall(last)
        except (OSError, HungUp) as error:
            self._call.hung_up = True
            raise HungUp from error
        return keep_alive

    def _head(self, answer: Answer, keep_alive: bool) -> bytes:
        phrase = PHRASES.get(answer.status, "Unknown")
        headers = {"Date": formatdate(usegmt=True), **answer.headers}
        if answer.length is None:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = str(answer.length)
        headers["Connection"] = "keep-alive" if keep_alive and answer.cut is None else "close"
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("iso-8859-1")

    def _send_body(self, answer: Answer, held: bytes) -> bytes:
        """Send the body but for the bytes that tell the caller that it is complete; those are returned.

        Args:
            answer: whose body it is.
            held: its head, which goes out with the first piece, if that comes at once.
        """
        chunked = answer.length is None
        if answer.pause:
            self._connection.sendall(held)
            held = b""
        for piece in self._pieces(answer):
            self._wait(answer.pause)
            self._call.bytes += len(piece)
            if chunked:
                self._connection.sendall(b"%b%x\r\n%b\r\n" % (held, len(piece), piece))
                held = b""
            else:
                self._connection.sendall(held + piece[:-1])
                held = piece[-1:]
            if self._rate:
                self._wait(len(piece) / self._rate)
        if answer.cut is not None:
            self._connection.sendall(held)
            return b""
        return held + b"0\r\n\r\n" if chunked else held

    def _pieces(self, answer: Answer) -> Iterator[bytes]:
        """The body in pieces that are neither empty nor too big, up to where it is cut."""
        left = answer.cut_after
        size = answer.piece or (max(1, int(self._rate * 0.05)) if self._rate else 1 << 20)
        for part in answer.body:
            for start in range(0, len(part), size):
                piece = part[start : start + size]
                if left is not None:
                    piece = piece[:left]
                    left -= len(piece)
                if piece:
                    yield piece
                if left == 0:
                    return

    def _end(self, answer: Answer) -> bool:
        """Cut the connection."""
        self._wait(POLL)  # lets what was sent arrive; a reset would overtake it
        self._ended(self._call)
        if answer.cut == "reset":
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self._connection.detach())
        return False

    def _wait(self, seconds: float) -> None:
        """Sleep, unless the caller hangs up or the server stops."""
        while seconds > 0:
            if self._stopping.wait(min(seconds, POLL)) or hung_up(self._connection):
                raise HungUp
            seconds -= POLL
