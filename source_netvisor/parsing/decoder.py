"""The bytes of a reply -> XML elements, as a stream, in memory that does not grow with the reply.

What is refused: a document type (Netvisor sends none; it is the way in for entity bombs and external entities), a record
that would not fit into the memory, and elements nested deeper than a record may be. The parser's own limits are off:
what it says of a text of 10 MB is "not well formed".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Literal
from xml.parsers import expat

from lxml import etree

from source_netvisor import errors
from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing.clean_reader import HEAD, CleanReader, fresh
from source_netvisor.parsing.naming import normalize

END = 4096
LONG_END = 1 << 16
"""Bytes at the end in which a second frame is looked for: an error text may be long."""
WHOLE_CHECK_LIMIT = 16 << 20
"""Bytes up to which a reply is parsed once for nothing but its form before the first record leaves it."""

LARGEST_RECORD = 128 << 20
"""Bytes of a record, which is in memory whole, as elements and as a record: about nine times its size."""

_REMARK = re.compile(r"<!--|<\?")
_FIRST_TAG = re.compile(r"<([A-Za-z_][^\s/>]*)")
_CLOSING_TAG = re.compile(rb"</([^\s<>]+)\s*>\s*(?:(?:<!--(?:(?!-->).)*-->|<\?(?:(?!\?>).)*\?>)\s*)*\Z", re.DOTALL)


def root_name(raw: BinaryIO) -> str:
    """The name of the root element, normalized.

    Raises:
        UnreadableReply: there is none near the beginning, or a document type stands before it.
    """
    head = fresh(raw).read(HEAD).decode("utf-8", "replace")
    head = _without_remarks(head)
    first = _FIRST_TAG.search(head)
    if re.search(r"<!(?:DOCTYPE|ENTITY)", head[: first.start() if first else None], re.IGNORECASE):
        raise UnreadableReply("a document with a document type, not Netvisor's XML")
    if not first or (head[: first.start()].strip() and not head.lstrip("\ufeff \r\n\t").startswith("<")):
        raise UnreadableReply("no XML")
    return normalize(first.group(1))


def _without_remarks(text: str) -> str:
    """The text without comments and processing instructions; it ends at one that has no end."""
    kept, at = [], 0
    # not by one pattern: it would look for the end of each of thousands that have none
    while begin := _REMARK.search(text, at):
        kept.append(text[at : begin.start()])
        closing = "-->" if begin.group() == "<!--" else "?>"
        end = text.find(closing, begin.end())
        if end < 0:
            return "".join(kept)
        at = end + len(closing)
    return "".join((*kept, text[at:]))


def check_complete(raw: BinaryIO) -> int:
    """Refuses a reply that ends before its root element does, or that is not well formed.

    Returns:
        how many bytes or sequences were no text in the reply's encoding, where the whole form was checked.

    The whole form is checked up to `WHOLE_CHECK_LIMIT` bytes; of a larger reply only its end, so that it is parsed
    once.

    Raises:
        UnreadableReply: what is wrong, in words without content.
    """
    root = root_name(raw)
    size = raw.seek(0, 2)
    end = _end(raw, size)
    closing = _CLOSING_TAG.search(end[-END:])
    if not closing or normalize(closing.group(1).decode("latin-1")) != root:
        raise UnreadableReply("a reply that breaks off")
    if size > WHOLE_CHECK_LIMIT:
        return 0
    parser = expat.ParserCreate("utf-8")
    reader = fresh(raw)
    try:
        while chunk := reader.read():
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableReply(f"XML that is not well formed (line {error.lineno})") from None
    return reader.replaced


def _end(raw: BinaryIO, size: int) -> bytes:
    """The last bytes of the reply, less the white space behind them and the zero bytes of UTF-16."""
    end = b""
    while size > 0 and len(end) < END:
        start = max(0, size - LONG_END)
        raw.seek(start)
        end = (raw.read(size - start).replace(b"\0", b"") + end).rstrip()
        size = start
    return end


def _forget_before(element: etree._Element) -> None:
    """Takes what stands before the element out of the tree, unless it belongs to the frame."""
    parent, before = element.getparent(), element.getprevious()
    if parent is not None and before is not None and normalize(str(parent.tag)) != "responsestatus":
        parent.remove(before)


_SAFE: dict[str, Any] = {
    "encoding": "utf-8", "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False,
    "huge_tree": True, "remove_comments": True, "remove_pis": True, "remove_blank_text": True,
}  # fmt: skip


def safe_parser() -> etree.XMLParser[etree._Element]:
    """A parser for a whole string, with every way out of the document closed."""
    parser: etree.XMLParser[etree._Element] = etree.XMLParser(**_SAFE)
    return parser


def _events(
    reader: CleanReader, events: Sequence[Literal["start", "end"]], tag: Iterable[str] | None = None
) -> Iterator[tuple[str, etree._Element]]:
    parser = etree.XMLPullParser(events=tuple(events), tag=tuple(tag) if tag is not None else None, **_SAFE)
    silent = 0
    while chunk := reader.read():
        parser.feed(chunk)
        silent += len(chunk)
        for event in parser.read_events():
            silent = 0
            yield event
        if silent > LARGEST_RECORD:
            raise errors.record_too_large(LARGEST_RECORD)
    parser.close()
    yield from parser.read_events()


def _spellings(raw: BinaryIO, names: Iterable[str]) -> list[str]:
    """How the wanted elements are spelt in this reply: the parser filters by exact names, Netvisor varies them."""
    names = list(names)
    wanted = [normalize(name) for name in names]
    pattern = re.compile(r"<((?:[\w.-]+:)?(?:" + "|".join(map(re.escape, wanted)) + r"))[\s/>]", re.IGNORECASE)
    reader = fresh(raw)
    found: dict[str, None] = {}
    tail = ""
    while chunk := reader.read():
        text = tail + chunk.decode("utf-8", "replace")
        found.update(dict.fromkeys(match.group(1) for match in pattern.finditer(text)))
        if found:
            break
        tail = text[-200:]
    if not found:
        return []
    # in any namespace or none: a default one does not show in the spelling; and the usual spellings, should they follow
    local = [name.rpartition(":")[2] for name in found]
    usual = [spelling for name in names for spelling in (name, name.lower(), name.upper())]
    return list(dict.fromkeys("{*}" + name for name in (*local, *usual)))


def elements(raw: BinaryIO, names: Iterable[str], beside: Iterable[str] = ()) -> Iterator[etree._Element]:
    """The outermost elements with such a name, each whole, one at a time (removed when the next is asked for).

    An element is known to be whole when the next one begins: to be told of each end costs half as much again.

    Args:
        raw: a reply that `check_complete` has let through.
        names: element names, in any casing.
        beside: names of other rows that the reply may have.

    Raises:
        UnreadableReply: the form breaks in the middle of a large reply, or it has rows, but none of these.
        NetvisorError: a record is too large for the memory.
    """
    spellings = _spellings(raw, names)
    wanted = {normalize(name) for name in spellings}
    whole: etree._Element | None = None
    try:
        if not spellings:
            _refuse_other_rows(raw, beside)
            return
        for _, element in _events(fresh(raw), ("start",), spellings):
            if any(normalize(str(ancestor.tag)) in wanted for ancestor in element.iterancestors()):
                continue
            if whole is not None:
                if says_something(whole):
                    yield whole
                _remove(whole)
            whole = element
        if whole is not None and says_something(whole):
            yield whole
    except etree.XMLSyntaxError as error:
        raise UnreadableReply(f"XML that is not well formed (line {error.lineno})") from None


def _refuse_other_rows(raw: BinaryIO, beside: Iterable[str]) -> None:
    """Refuses a reply with the rows of another list: taken for an empty one, it would empty the table.

    Rows are elements below the list element that have a Netvisor key in them, or elements in it that have others inside
    and another of their name beside them. What else may stand there beside an empty list (defaults, locks, counts) is
    neither.
    """
    depth = known = 0
    met: set[str] = set()
    others = set(map(normalize, beside))
    for event, element in _events(fresh(raw), ("start", "end")):
        depth += 1 if event == "start" else -1
        name = normalize(str(element.tag))
        if name in others:
            known += 1 if event == "start" else -1
        if event == "start" or depth < 2 or known or name in others:
            continue
        again = depth == 2 and bool(len(element)) and name in met and not _in_frame(element)
        if again or (depth > 2 and name.endswith("netvisorkey") and (element.text or "").strip()):
            raise UnreadableReply("a list of something else")
        if depth == 2:
            met.add(name)
        _forget_before(element)


def _in_frame(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and normalize(str(parent.tag)) == "responsestatus"


def says_something(element: etree._Element) -> bool:
    """Whether there is anything in the element; an empty one stands for a key that Netvisor does not know."""
    return bool(len(element) or element.attrib or (element.text or "").strip())


def _remove(element: etree._Element) -> None:
    """Takes the element and what stands before it out of the tree that the parser is building."""
    parent = element.getparent()
    if parent is not None:
        # one by one: to delete a slice, lxml counts all the children, thousands of small ones in each chunk
        while (before := element.getprevious()) is not None:
            parent.remove(before)
        parent.remove(element)


def list_attributes(raw: BinaryIO) -> dict[str, str]:
    """The attributes of the reply's list element (the second child of the root), normalized names: its page counts."""
    depth = 0
    for event, element in _events(fresh(raw), ("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        if depth == 2 and normalize(str(element.tag)) != "responsestatus":
            return {normalize(str(name)): str(value) for name, value in element.items()}
    return {}
