"""What frames a reply: Netvisor's status, and the list that its resource always has.

A frame says `OK` or `FAILED` before the rows. A reply that says OK and has something else where its list should be, or
says FAILED behind the rows after all, would otherwise be taken for an empty or a short list, and its rows for deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO
from xml.parsers import expat

from source_netvisor import errors
from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing.clean_reader import fresh
from source_netvisor.parsing.decoder import root_name
from source_netvisor.parsing.naming import normalize, plurals
from source_netvisor.redaction import safe_text, shown_names

STATUS_DEPTH = 3
"""`Root/ResponseStatus/Status`."""
DEEPEST = 2048
"""Elements within each other: libxml2, which reads the records, goes no deeper either. Each costs memory until it ends.
"""
MOST_PIECES = 100
"""Pieces of a text that are kept, eight kilobytes at most each."""
_CHUNK = 1 << 18
_OPENINGS = ((b"<ResponseStatus", b"<RESPONSESTATUS"), (b"<responsestatus",))
"""Words with the same capital in the same place, since they are looked for by it."""
_FAILED = (b"FAILED",)
_CAPITAL = re.compile(rb"[A-Z]")
_MOST_CAPITALS = 1000
"""In a piece of a reply; where there are more, in a scanned document for instance, whole words are found faster."""
_ERRORS = frozenset({"error", "errors", "exception", "fault", "html"})
"""Elements that no list has as its first one, and pages of web servers and frameworks do."""


@lru_cache(maxsize=512)
def expected_elements(records: tuple[str, ...], lists: tuple[str, ...]) -> frozenset[str]:
    """The normalized names that a child of the root may have in a resource's reply.

    Args:
        records: names of the resource's records; a reply may have them without a list element, and an empty one stands
            for a key that does not exist.
        lists: names of the list element, where it is not the plural of a record's or a record's name and `List`.
    """
    found = {normalize(name) for name in (*records, *lists)}
    for name in map(normalize, records):
        found.update((*plurals(name), name + "list"))
    return frozenset(found)


@dataclass
class Frame:
    """What stands around the rows of a reply.

    Attributes:
        statuses: the texts of the `Status` elements, in order: `OK`, or `FAILED` and `CODE :: message`.
        found: whether there is a `ResponseStatus` at all.
        details: the text of its `Details`, which a failure may have.
        has_list: whether the list element, or a record, has been met.
        others: what else was met as a child of the root, or first in the list.
        text: whether there is text where only elements should be.
    """

    statuses: list[str] = field(default_factory=list)
    found: bool = False
    details: str = ""
    has_list: bool = False
    others: list[str] = field(default_factory=list)
    text: bool = False

    @property
    def failed(self) -> bool:
        """Whether Netvisor says that the call failed."""
        not_ok = bool(self.statuses) and self.statuses[0].upper() != "OK"
        return not_ok or any(map(errors.reports_failure, self.statuses))

    def check_list(self) -> None:
        """Refuses a reply with something else in the place of its list.

        Nothing at all in its place is one of the ways in which an empty list may come.

        Raises:
            UnreadableReply: what it has instead.
        """
        if self.has_list or not (self.others or self.text):
            return
        instead = shown_names(set(self.others)) or "a text"
        raise UnreadableReply(f"it says OK and has no list: {instead} is in its place")


class _Enough(Exception):
    """The rest of the reply need not be looked at."""


class _FrameReader:
    """Handlers of a parser, up to the frame's end and the beginning of the list."""

    def __init__(self, expected: Collection[str]) -> None:
        self.frame = Frame()
        self._expected = expected
        self._path: list[str] = []
        self._text: list[str] = []
        self._odd_list = False

    def start(self, tag: str, _: object) -> None:
        """An element begins."""
        name, depth = _normalized(tag), len(self._path) + 1
        if not self._in_status():
            self.frame.text |= bool(self._take_text()) and depth <= STATUS_DEPTH
        if depth == 2:
            self._odd_list = False
            if name != "responsestatus" and name not in self._expected:
                self.frame.others.append(tag)
        elif depth == STATUS_DEPTH and self._path[1] in self._expected:
            if name in _ERRORS:
                self._odd_list = True
                self.frame.others.append(tag)
            else:
                self._met_list()
        _check_depth(depth)
        self._path.append(name)

    def end(self, _: str) -> None:
        """An element ends."""
        depth, name = len(self._path), self._path[-1]
        if self._in_status() and name == "status":
            self.frame.statuses.append(self._take_text())
        elif self._in_status() and name == "details":
            self.frame.details = self._take_text()
        self._path.pop()
        if depth == 1:
            self.frame.text |= bool(self._take_text())
        if depth != 2:
            return
        if name == "responsestatus":
            self._text.clear()
            self.frame.found = True
            if self.frame.failed or self.frame.has_list or not self._expected:
                raise _Enough
        elif self._take_text():
            self.frame.text = True
        elif name in self._expected and not self._odd_list:
            self._met_list()

    def characters(self, text: str) -> None:
        """A piece of text."""
        if (len(self._path) <= 2 or self._in_status()) and len(self._text) < MOST_PIECES:
            self._text.append(text)

    def _in_status(self) -> bool:
        return len(self._path) >= STATUS_DEPTH and self._path[1] == "responsestatus"

    def _take_text(self) -> str:
        text = "".join(self._text).strip()
        self._text.clear()
        return text

    def _met_list(self) -> None:
        self.frame.has_list = True
        if self.frame.found:
            raise _Enough


class _FailureReader:
    """Handlers of a parser: a status anywhere in the reply that reports a failure."""

    def __init__(self) -> None:
        self.failed: str | None = None
        self._path: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str, _: object) -> None:
        """An element begins."""
        self._path.append(_normalized(tag))
        _check_depth(len(self._path))
        self._text.clear()

    def end(self, _: str) -> None:
        """An element ends."""
        depth, name = len(self._path), self._path.pop()
        if name != "status" or depth > STATUS_DEPTH:
            return
        text = "".join(self._text).strip()
        in_frame = depth == STATUS_DEPTH and self._path[1] == "responsestatus"
        if text.upper() == "FAILED" or (in_frame and (errors.reports_failure(text) or self.failed is not None)):
            self.failed = f"{self.failed or ''} {text}".strip()
        self._text.clear()

    def characters(self, text: str) -> None:
        """A piece of text."""
        if len(self._path) <= STATUS_DEPTH and self._path[-1:] == ["status"]:
            self._text.append(text)


def read_frame(raw: BinaryIO, expected: Collection[str] = ()) -> Frame:
    """Reads `Root/ResponseStatus`, which stands first in every documented reply, and is looked for wherever it stands.

    Args:
        raw: the reply.
        expected: names that a child of the root may have (see `expected_elements`); none: whatever it has is fine.

    Raises:
        UnreadableReply: the reply is no XML.
    """
    root_name(raw)
    reader = _FrameReader(expected)
    try:
        _parse(raw, reader.start, reader.end, reader.characters)
    except _Enough:
        pass
    except expat.ExpatError:
        raise UnreadableReply("XML that is not well formed") from None
    return reader.frame


def check_later_status(raw: BinaryIO) -> None:
    """Refuses a reply that says OK first, and FAILED further down.

    The bytes are searched before anything is parsed: nearly no reply has either word again.

    Raises:
        UnreadableReply: with Netvisor's words.
    """
    if not _may_fail_later(raw):
        return
    reader = _FailureReader()
    try:
        _parse(raw, reader.start, reader.end, reader.characters)
    except expat.ExpatError as error:
        raise UnreadableReply(f"XML that is not well formed (line {error.lineno})") from None
    if reader.failed is not None:
        raise UnreadableReply(f"it says OK first, and further down: {safe_text(reader.failed, 200)}")


def _may_fail_later(raw: BinaryIO) -> bool:
    raw.seek(0)
    opened, tail = 0, b""
    while chunk := raw.read(_CHUNK):
        if b"\0" in chunk[:64]:
            # UTF-16
            chunk = chunk.replace(b"\0", b"")
        text = tail + chunk
        opened += sum(_count(text, openings) - _count(tail, openings) for openings in _OPENINGS)
        if opened > 1 or _count(text, _FAILED):
            return True
        tail = text[-32:]
    return False


def _count(text: bytes, words: tuple[bytes, ...]) -> int:
    """How often one of the words is in the text.

    A single byte is found many times as fast as several, so the words' first capital letter is looked for: in most of
    Netvisor's texts there are few of them.
    """
    capital = _CAPITAL.search(words[0])
    if capital is None:
        return sum(map(text.count, words))
    letter, before = capital.group(), capital.start()
    count, at = 0, text.find(letter)
    for _ in range(_MOST_CAPITALS):
        if at < 0:
            return count
        count += text.startswith(words, max(at - before, 0))
        at = text.find(letter, at + 1)
    return count + sum(text.count(word, max(at - before, 0)) for word in words) if at >= 0 else count


def _parse(
    raw: BinaryIO,
    start: Callable[[str, object], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    reader = fresh(raw)
    while chunk := reader.read():
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _check_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise UnreadableReply(f"elements nested deeper than {DEEPEST:,} levels")


def _normalized(tag: str) -> str:
    return normalize(tag.rpartition(":")[2])
