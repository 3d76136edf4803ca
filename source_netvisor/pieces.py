"""A large reply parsed on the second core: the document is cut between records, and each piece is parsed ahead.

lxml parses a whole string without Python's lock, but not a document that it is fed. So the reply is cut behind the
closing tags of its records, and a thread turns the next piece into elements while the records of this one are built.
A cut that is wrong (a record inside a record, a closing tag in a comment) leaves a piece that is not well formed, and
then the document is parsed in one go after all: `decoder.elements` gives the same elements in the same order.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO

from lxml import etree

from source_netvisor import decoder
from source_netvisor.naming import squash

LARGE = 4 << 20
"""Bytes from which a reply is cut; below, a thread costs more than it gives."""
PIECE = 1 << 18
"""Bytes of a piece, about; twice as much takes 20 MB more in a long read, and no less time."""
LONGEST_RECORD = 16 << 20
AHEAD = 1
"""Parsed pieces that wait; a piece takes about ten times its bytes."""

_END = re.compile(rb"(?:\s|</[^<>]*>|<!--(?:(?!-->).)*-->)*", re.DOTALL)


class _Indivisible(Exception):
    """The reply cannot be cut between its records."""


def elements(raw: BinaryIO, names: Sequence[str], size: int) -> Iterator[etree._Element]:
    """The same as `decoder.elements`, faster for a large reply.

    Args:
        raw: a reply that `decoder.check_complete` has let through.
        names: element names, in any casing.
        size: bytes of the reply.

    Raises:
        UnreadableReply: the form breaks in the middle.
    """
    given = 0
    if size >= LARGE:
        with suppress(_Indivisible):
            for piece in _parsed(raw, names):
                for element in piece:
                    if decoder.says_something(element):
                        yield element
                        given += 1
            return
    for number, element in enumerate(decoder.elements(raw, names)):
        if number >= given:
            yield element


def _parsed(raw: BinaryIO, names: Sequence[str]) -> Iterator[etree._Element]:
    """The pieces as elements around their records, each parsed while the one before is in use."""
    tag = _only_spelling(raw, names)
    ready: queue.Queue[etree._Element | BaseException | None] = queue.Queue(AHEAD)
    stopped = threading.Event()

    def put(item: etree._Element | BaseException | None) -> bool:
        while not stopped.is_set():
            with suppress(queue.Full):
                ready.put(item, timeout=0.2)
                return True
        return False

    def work() -> None:
        try:
            for piece in _cut(raw, tag):
                if not put(_parse(piece, tag)):
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever takes the pieces
            put(error)

    thread = threading.Thread(target=work, daemon=True, name="netvisor-parser")
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        # the thread reads the reply: it must be done with it before somebody else reads or closes it
        thread.join()


def _only_spelling(raw: BinaryIO, names: Sequence[str]) -> str:
    """How the records are called in this reply."""
    head = decoder.head(raw)
    spellings = {
        match
        for match in re.findall(rb"<([A-Za-z][\w.-]*)[\s/>]", head)
        if squash(match.decode()) in map(squash, names)
    }
    if len(spellings) != 1 or b"xmlns" in head or b"<!--" in head or b"<![CDATA[" in head:
        raise _Indivisible
    spelling: bytes = spellings.pop()
    return spelling.decode()


def _cut(raw: BinaryIO, tag: str) -> Iterator[bytes]:
    """The reply from its first record to its last one, cut behind records."""
    reader = decoder.fresh(raw)
    opening, closing = re.compile(rb"<" + tag.encode() + rb"[\s/>]"), b"</" + tag.encode() + b">"
    rest = b""
    began = False
    while chunk := reader.read(PIECE):
        rest += chunk
        if not began:
            first = opening.search(rest)
            if not first:
                raise _Indivisible
            rest, began = rest[first.start() :], True
        cut = rest.rfind(closing)
        if cut >= 0:
            yield rest[: cut + len(closing)]
            rest = rest[cut + len(closing) :]
        elif len(rest) > LONGEST_RECORD:
            raise _Indivisible
    if not _END.fullmatch(rest):
        raise _Indivisible


def _parse(piece: bytes, tag: str) -> etree._Element:
    parser = decoder.safe_parser()
    try:
        root = etree.fromstring(b"<Piece>" + piece + b"</Piece>", parser)
    except etree.XMLSyntaxError:
        raise _Indivisible from None
    if any(child.tag != tag for child in root):
        raise _Indivisible
    return root
