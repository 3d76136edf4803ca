"""A reply cut into the texts of its records, without parsing it as a whole.

What a record's text says is found by a template (`record_template.py`); one that does not fit is parsed on its own.
Both refuse what is not well formed. Where a record cannot be cut out (a record inside a record, an unexpected
spelling), or turns out to be cut out wrong, the document is parsed in one go after all: `decoder.elements` gives the
same records in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from lxml import etree

from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing import clean_reader, decoder
from source_netvisor.parsing.naming import normalize
from source_netvisor.parsing.record_text import RecordSource, RecordText, Row

LARGE = 1 << 20
"""Bytes from which the records of a reply are built by templates; below, samples cost more than they give."""
PIECE = 1 << 18
"""Bytes that are cut at a time, about: a batch."""
LONGEST_RECORD = 16 << 20

_AT_END = re.compile(rb"\s*(?:</[^<>]*>|<!--.*?-->)", re.DOTALL)


class _Indivisible(Exception):
    """The reply cannot be cut between its records."""


class _EndTooMany(_Indivisible):
    """A record ends that did not begin behind the one before: it began around others, which were taken for records."""


def batches(
    raw: BinaryIO,
    names: Sequence[str],
    source: RecordSource,
    refusal: Callable[[UnreadableReply], Exception],
    beside: Sequence[str] = (),
) -> Generator[list[Row], None, None]:
    """The same records as `decoder.elements` gives, as their texts where the reply can be cut, some hundred at a time.

    A batch gets shorter while it is read, where the text of one of its records turns out not to be well formed: this
    one is given as its element then, and those behind it come again with the next batches. So whoever looks ahead goes
    on with the batch itself, and not with a copy of it. It is emptied when the next one is asked for.

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
            for batch in _records(raw, names, whole, source):
                whole.batch = batch
                yield batch
                if whole.used:
                    break
                whole.given += len(batch)
                # whoever has read it holds on to it until the next one is there, which takes as much again
                batch.clear()
            else:
                return
        except _EndTooMany:
            source.is_divisible = False
            source.distrust()
        except _Indivisible:
            # what is left is parsed
            pass
    for element in whole.rest():
        # one alone, since it is gone when the next one is read
        yield [element]


def elements(
    raw: BinaryIO, names: Sequence[str], refusal: Callable[[UnreadableReply], Exception]
) -> Iterator[etree._Element]:
    """The records as elements."""
    return _Whole(raw, names, (), refusal).rest()


class _Whole:
    """The reply parsed in one go, in case that a record was cut out wrong.

    Attributes:
        given: records of the batches before the present one.
        batch: the present one.
        used: whether one of its records, and so what follows it, comes from here.
    """

    def __init__(
        self,
        raw: BinaryIO,
        names: Sequence[str],
        beside: Sequence[str],
        refusal: Callable[[UnreadableReply], Exception],
    ) -> None:
        self._raw = raw
        self._names = names
        self._beside = beside
        self._refusal = refusal
        self._rest: Iterator[etree._Element] | None = None
        self.given = 0
        self.batch: list[Row] = []
        self.used = False

    def element(self, number: int) -> etree._Element:
        """A record by its number; the batch that it is in ends with it."""
        elements = self._elements(number)
        for element in elements:
            place = number - self.given
            if 0 <= place < len(self.batch):
                del self.batch[place + 1 :]
                self._rest, self.used = elements, True
            return element
        raise self._refusal(UnreadableReply("XML that is not well formed"))

    def rest(self) -> Iterator[etree._Element]:
        """The records that have not been read."""
        return self._elements(self.given) if self._rest is None else self._rest

    def _elements(self, begin: int) -> Iterator[etree._Element]:
        try:
            yield from islice(decoder.elements(self._raw, self._names, self._beside), begin, None)
        except UnreadableReply as error:
            raise self._refusal(error) from None


def _records(raw: BinaryIO, names: Sequence[str], whole: _Whole, source: RecordSource) -> Iterator[list[Row]]:
    tag = _only_spelling(raw, names)
    closing = f"</{tag}>".encode()
    # with a group for the beginning of another element in it
    begins = re.compile(rb"\s*<" + re.escape(tag.encode()) + rb"(?: [^<>]*[^/<>])?>(?:[^<]*(<))?").match
    for piece in _cut(raw, tag):
        if _opens(piece, b"!") or _opens(piece, b"?") or (b"]" in piece and b"]]>" in piece):
            # a comment, an instruction or character data, which may hold anything, or the end of such data
            yield [element for element in _parsed(piece, tag) if decoder.says_something(element)]
            continue
        parts = piece.split(closing)[:-1]
        # each part ends a record; where each begins one too, there are as many, or the last end is one too many
        begun = [match for match in map(begins, parts) if match]
        if len(begun) == len(parts):
            filled = [bool(match.lastindex) for match in begun]
        else:
            parts = list(_odd_parts(parts, tag))
            filled = [part.find(b"<", part.find(b"<") + 1) >= 0 for part in parts]
        batch: list[Row] = []
        for part, has_elements in zip(parts, filled, strict=True):
            if has_elements:
                batch.append(RecordText(part.lstrip() + closing, whole.element, source, whole.given + len(batch)))
            else:
                # nothing but a text, or nothing at all
                batch.extend(element for element in _parsed(part + closing, tag) if decoder.says_something(element))
        yield batch


def _opens(piece: bytes, mark: bytes) -> bool:
    """Whether the mark stands behind a `<`: a single character is found several times as fast as two."""
    at = piece.find(mark)
    while at >= 0:
        if piece[at - 1 : at] == b"<":
            return True
        at = piece.find(mark, at + 1)
    return False


def _odd_parts(parts: list[bytes], tag: str) -> Iterator[bytes]:
    """The parts of a piece in which something else stands between the records, or inside them, with one record each."""
    name = tag.encode()
    empty = re.compile(rb"(?:\s*<" + re.escape(name) + rb"\s*/>)+")
    opening, attributed = b"<%s>" % name, b"<%s " % name
    for part in parts:
        if nothing := empty.match(part):
            part = part[nothing.end() :]
        begun = part.count(opening) + part.count(attributed)
        if begun != 1:
            raise _Indivisible if begun else _EndTooMany
        yield part


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
