"""What can go wrong before there is a Netvisor to answer, or where something that is no Netvisor answers.

`test_network_faults.py` plays every entry at a check and at a read; docs/reliability.md is written from it.
"""

from __future__ import annotations

import gzip
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from integration_tests.raw_server import RawServer, Script, sends, sends_for_ever

OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
FRAME = b'<?xml version="1.0" encoding="utf-8"?>\r\n<Root><ResponseStatus><Status>OK</Status></ResponseStatus>'
BROKEN = "The connection to Netvisor failed or broke off at {resource}; check the network and try again."
IN_TIME = "Netvisor did not answer {resource} in time; try again later, best outside office hours."
UNREADABLE = "Netvisor answered {resource} with something that is not a complete Netvisor reply"
TOO_LARGE = "The reply to {resource} is larger than"
CERTIFICATE = "The certificate of the Netvisor address could not be verified, so nothing was sent; check the Netvisor"
NO_TLS = (
    "No secure connection (TLS) to Netvisor could be made at {resource}; check the Netvisor address, and any firewall "
    "on the way, and try again."
)
NOT_FOUND = "The Netvisor address could not be found (DNS); check the address and the network, and try again."

Serve = Callable[[Path], AbstractContextManager[str]]


@dataclass(frozen=True)
class NetworkCase:
    """One fault.

    Args:
        name: for the table.
        serve: makes the server, given a directory; its value is the address.
        sees: what the sentence for the user begins with; `{resource}` stands for the resource.
    """

    name: str
    serve: Serve
    sees: str


def answers(script: Script, tls: bool = False) -> Serve:
    """A server with a script."""

    @contextmanager
    def serve(directory: Path) -> Iterator[str]:
        with RawServer(script, directory if tls else None) as server:
            yield server.url

    return serve


@contextmanager
def nobody(_: Path) -> Iterator[str]:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def no_such_host(_: Path) -> Iterator[str]:
    """A name that never resolves (RFC 6761)."""
    yield "https://netvisor.invalid"


@contextmanager
def plain_behind_https(_: Path) -> Iterator[str]:
    """A server without TLS at an https address."""
    with RawServer(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), listens=False) as server:
        yield server.url.replace("http://", "https://")


@contextmanager
def handshake_that_drips(_: Path) -> Iterator[str]:
    """Begins a TLS record of 16 kB, and sends it a byte at a time."""
    with RawServer(sends_for_ever(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x03", 0.05), listens=False) as server:
        yield server.url.replace("http://", "https://")


def resets(connection: socket.socket) -> None:
    """Resets the connection after a part of the head."""
    connection.sendall(b"HTTP/1.1 200")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def chunked(part: bytes) -> bytes:
    """A chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(part), part)


RECORDS = b"<A><B>1</B></A>" * 4096
CHUNKED = OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(FRAME + b" " * (32 << 20) + b"</Root>", compresslevel=1)
PACKED_THRICE = gzip.compress(gzip.compress(PACKED))

CASES = [
    NetworkCase("nobody listens at the address", nobody, BROKEN),
    NetworkCase("the address's name does not exist (DNS)", no_such_host, NOT_FOUND),
    NetworkCase("a certificate that nobody vouches for", answers(sends(OK_HEAD + b"\r\n"), tls=True), CERTIFICATE),
    NetworkCase("no TLS at an https address", plain_behind_https, NO_TLS),
    NetworkCase("a TLS handshake that drips for ever", handshake_that_drips, IN_TIME),
    NetworkCase("a reset in the status line", answers(resets), BROKEN),
    NetworkCase("an answer that is not HTTP", answers(sends(b"SSH-2.0-OpenSSH_9.6\r\n")), BROKEN),
    NetworkCase("a status that is no number", answers(sends(b"HTTP/1.1 OK fine\r\n\r\n")), BROKEN),
    NetworkCase("headers without end", answers(sends_for_ever(b"HTTP/1.1 200 OK\r\n", b"X-Header: x\r\n")), BROKEN),
    NetworkCase("a header line of megabytes", answers(sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * (2 << 20))), BROKEN),
    NetworkCase("headers that drip for ever", answers(sends_for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05)), IN_TIME),
    NetworkCase("a body that drips for ever, faster than a stalled one",
                answers(sends_for_ever(CHUNKED + chunked(FRAME), chunked(b"<A>1</A>" * 16), 0.05)), IN_TIME),
    NetworkCase("a body without a length that drips for ever",
                answers(sends_for_ever(OK_HEAD + b"\r\n" + FRAME, b"<A>1</A>" * 16, 0.05)), IN_TIME),
    NetworkCase("a body without end", answers(sends_for_ever(CHUNKED + chunked(FRAME), chunked(RECORDS))), TOO_LARGE),
    NetworkCase("a packed body that unpacks to more than there can be",
                answers(sends(OK_HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED), PACKED)),
                TOO_LARGE),
    NetworkCase("a body that is packed three times",
                answers(sends(OK_HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Encoding: gzip\r\n"
                              b"Content-Length: %d\r\n\r\n" % len(PACKED_THRICE), PACKED_THRICE)),
                UNREADABLE + " (packed more than 2 times)"),
    NetworkCase("a chunk of a negative size", answers(sends(CHUNKED + b"-5\r\nhello\r\n")), BROKEN),
    NetworkCase("a chunk size that is no number", answers(sends(CHUNKED + b"klingon\r\nhello\r\n")), BROKEN),
    NetworkCase("a negative Content-Length", answers(sends(OK_HEAD + b"Content-Length: -1\r\n\r\n<html></html>")),
                UNREADABLE),
    NetworkCase("two different Content-Lengths",
                answers(sends(OK_HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n<html></html>")), BROKEN),
    NetworkCase("an encoding that nobody knows",
                answers(sends(OK_HEAD + b"Content-Encoding: klingon\r\nContent-Length: 3\r\n\r\nqap")), UNREADABLE),
    NetworkCase("an empty page, then the end", answers(sends(OK_HEAD + b"Content-Length: 0\r\n\r\n")), UNREADABLE),
]  # fmt: skip

WHOLE = FRAME + (
    b"<VoucherTypeList><VoucherType><NetvisorKey>1</NetvisorKey><Name>Purchase</Name></VoucherType></VoucherTypeList></Root>"
)
LENGTH = b"Content-Length: %d\r\n\r\n" % len(WHOLE)

SURVIVED = {
    "HTTP/1.0 without a length": b"HTTP/1.0 200 OK\r\n\r\n" + WHOLE,
    "100 Continue before the answer": b"HTTP/1.1 100 Continue\r\n\r\n" + OK_HEAD + LENGTH + WHOLE,
    "102 Processing and 103 Early Hints before the answer":
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK_HEAD + LENGTH + WHOLE,
    "HTTP 206 with the whole document": b"HTTP/1.1 206 Partial Content\r\n" + LENGTH + WHOLE,
    "a status line without a reason": b"HTTP/1.1 200\r\n" + LENGTH + WHOLE,
    "a header of 60 kB": OK_HEAD + b"X: " + b"x" * 60_000 + b"\r\n" + LENGTH + WHOLE,
    "90 headers": OK_HEAD + b"".join(b"X-%d: x\r\n" % number for number in range(90)) + LENGTH + WHOLE,
    "a header line that is none": OK_HEAD + b"nonsense\r\n" + LENGTH + WHOLE,
    "bytes in a header that are no text": OK_HEAD + b"X: \xff\xfe\0\r\n" + LENGTH + WHOLE,
    "a date that is none": OK_HEAD + b"Date: yesterday\r\n" + LENGTH + WHOLE,
    "a Content-Length that is no number": OK_HEAD + b"Content-Length: some\r\n\r\n" + WHOLE,
    "a Content-Length besides chunks":
        OK_HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunked(WHOLE) + b"0\r\n\r\n",
    "words behind a chunk's size and behind the last chunk":
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x;a=b\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (len(WHOLE), WHOLE),
    "another answer behind the answer": (OK_HEAD + LENGTH + WHOLE) * 2,
}  # fmt: skip
"""Odd answers with a voucher type in them, which is read all the same."""
