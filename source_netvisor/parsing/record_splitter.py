"""A reply cut into the texts of its records, without parsing it as a whole.

What a record's text says is found by a template (`record_template.py`); one that does not fit is parsed on its own.
Both refuse what is not well formed. Where a record cannot be cut out (a record inside a record, an unexpected
spelling), or turns out to be cut out wrong, the document is parsed in one go after all: `decoder.elements` gives the
same records in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import BinaryIO

from lxml import etree

from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing import clean_reader, decoder
from source_netvisor.parsing.naming import normalize
from source_netvisor.parsing.record_text import RecordSource, RecordText, Row

LARGE = 1 << 20
"""Bytes from which the records of a reply are built by templates; below, samples cost more than they give."""
PIECE = 1 << 18
"""Bytes that are cut at a time, about."""
LONGEST_RECORD = 16 << 20

_AT_END = re.compile(rb"\s*(?:</[^<>]*>|<!--.*?-->)", re.DOTALL)


class _Indivisible(Exception):
    """The reply cannot be cut between its records."""


class _EndTooMany(_Indivisible):
    """A record ends that did not begin behind the one before: it began around others, which were taken for records."""


def rows(
    raw: BinaryIO,
    names: Sequence[str],
    source: RecordSource,
    refusal: Callable[[UnreadableReply], Exception],
    beside: Sequence[str] = (),
) -> Generator[Row, None, None]:
    """The same records as `decoder.elements` gives, as their texts where the reply can be cut.

    Args:
        raw: a reply that `decoder.check_complete` has let through.
        names: element names, in any casing.
        source: the reply, as the records are to know it.
        refusal: what is raised where the form breaks in the middle, also by a row that is read later.
        beside: as for `decoder.elements`.
    """
    whole = _Whole(raw, names, beside, refusal)
    if source.is_divisible:
        try:
            for row in _records(raw, names, whole.element, source):
                yield row
                whole.given += 1
                if whole.used:
                    break
            else:
                return
        except _EndTooMany:
            source.is_divisible = False
            source.distrust()
        except _Indivisible:
            # what is left is parsed
            pass
    yield from whole.rest()


def elements(
    raw: BinaryIO, names: Sequence[str], refusal: Callable[[UnreadableReply], Exception]
) -> Iterator[etree._Element]:
    """The records as elements."""
    return _Whole(raw, names, (), refusal).rest()


class _Whole:
    """The reply parsed in one go, in case that a record was cut out wrong.

    Attributes:
        given: records that have been read, whichever way.
        used: whether the one that is read now, and so what follows it, comes from here.
    """

    def __init__(
        self,
        raw: BinaryIO,
        names: Sequence[str],
        beside: Sequence[str],
        refusal: Callable[[UnreadableReply], Exception],
    ) -> None:
        self._elements = enumerate(decoder.elements(raw, names, beside))
        self._refusal = refusal
        self.given = 0
        self.used = False

    def element(self) -> etree._Element:
        """The record that is read now."""
        self.used = True
        for element in self.rest():
            return element
        raise self._refusal(UnreadableReply("XML that is not well formed"))

    def rest(self) -> Iterator[etree._Element]:
        """The records that have not been read."""
        try:
            for number, element in self._elements:
                if number >= self.given:
                    yield element
        except UnreadableReply as error:
            raise self._refusal(error) from None


def _records(
    raw: BinaryIO, names: Sequence[str], otherwise: Callable[[], etree._Element], source: RecordSource
) -> Iterator[Row]:
    tag = _only_spelling(raw, names)
    closing = f"</{tag}>".encode()
    # with a group for the beginning of another element in it
    begins = re.compile(rb"\s*<" + re.escape(tag.encode()) + rb"(?: [^<>]*[^/<>])?>(?:[^<]*(<))?").match
    for piece in _cut(raw, tag):
        if _opens(piece, b"!") or _opens(piece, b"?") or (b"]" in piece and b"]]>" in piece):
            # a comment, an instruction or character data, which may hold anything, or the end of such data
            yield from filter(decoder.says_something, _parsed(piece, tag))
            continue
        parts = piece.split(closing)[:-1]
        # each part ends a record; where each begins one too, there are as many, or the last end is one too many
        begun = [match for match in map(begins, parts) if match]
        if len(begun) == len(parts):
            for part, begin in zip(parts, begun, strict=True):
                if begin.lastindex:
                    yield RecordText(part.lstrip() + closing, otherwise, source)
                else:
                    # nothing but a text, or nothing at all
                    yield from filter(decoder.says_something, _parsed(part + closing, tag))
        else:
            yield from _odd_parts(parts, tag, otherwise, source)


def _opens(piece: bytes, mark: bytes) -> bool:
    """Whether the mark stands behind a `<`: a single character is found several times as fast as two."""
    at = piece.find(mark)
    while at >= 0:
        if piece[at - 1 : at] == b"<":
            return True
        at = piece.find(mark, at + 1)
    return False


def _odd_parts(
    parts: list[bytes], tag: str, otherwise: Callable[[], etree._Element], source: RecordSource
) -> Iterator[Row]:
    """Records of a piece in which something else stands between them, or inside them."""
    name = tag.encode()
    empty = re.compile(rb"(?:\s*<" + re.escape(name) + rb"\s*/>)+")
    opening, attributed, closing = b"<%s>" % name, b"<%s " % name, b"</%s>" % name
    for part in parts:
        if nothing := empty.match(part):
            part = part[nothing.end() :]
        begun = part.count(opening) + part.count(attributed)
        if begun != 1:
            raise _Indivisible if begun else _EndTooMany
        if part.find(b"<", part.find(b"<") + 1) >= 0:
            yield RecordText(part.lstrip() + closing, otherwise, source)
        else:
            yield from filter(decoder.says_something, _parsed(part + closing, tag))


def _only_spelling(raw: BinaryIO, names: Sequence[str]) -> str:
    """How the records are called in this reply."""
    head = clean_reader.head(raw)
    wanted = set(map(normalize, names))
    found = set(re.findall(rb"<([A-Za-z][\w.-]*)[\s/>]", head))
    spellings = {tag for tag in found if normalize(tag.decode()) in wanted}
    if len(spellings) != 1 or b"xmlns" in head or b"<!--" in head or b"<![CDATA[" in head:
        raise _Indivisible
    spelling: bytes = spellings.pop()
    return spelling.decode()


def _cut(raw: BinaryIO, tag: str) -> Iterator[bytes]:
    """The reply from its first record to its last one, cut behind records."""
    reader = clean_reader.fresh(raw)
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
    if not _is_end(rest):
        raise _Indivisible


def _is_end(text: bytes) -> bool:
    """Whether nothing but closing tags, comments and space is left of the reply."""
    at = 0
    # not by one pattern: it would remember each of millions of blanks
    while found := _AT_END.match(text, at):
        at = found.end()
    return not text[at:].strip()


def _parsed(piece: bytes, tag: str) -> etree._Element:
    """The element around the records of a piece."""
    try:
        root = etree.fromstring(b"<Piece>" + piece + b"</Piece>", decoder.safe_parser())
    except etree.XMLSyntaxError:
        raise _Indivisible from None
    if any(child.tag != tag for child in root):
        raise _Indivisible
    return root
