"""A number that stands for what a record says: a record with another number has changed.

It is made of the record's text as it was sent, since to bring it into a normal form takes a third of the time in which
a record is built. So a value that changes always changes it; and a reply that is written in another way (indents,
quotes, references) has other numbers too, which costs no more than to send its records again. The contents of addresses
(`Uri`, `VoucherNetvisorURI`) do not count: they may hold a session.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from lxml import etree

from source_netvisor.parsing.record_text import RecordText, Row

_USUAL_END = re.compile(rb"U(?:RI|ri)>")
"""How the tags of addresses usually end; other spellings are looked for in a copy of the text."""


def fingerprint(row: Row) -> int:
    """The record's fingerprint, of 32 bits.

    Args:
        row: the record, as text or as element. A record of a reply that could not be cut has the number of its text
            where that was written without space between its elements, and another one otherwise.
    """
    text = row.raw if isinstance(row, RecordText) else etree.tostring(row, encoding="utf-8", with_tail=False)
    searched, find = text, _usual_end
    behind = find(text, 0)
    if behind < 0:
        searched, find = text.lower(), _lower_end
        behind = find(searched, 0)
    checksum = at = 0
    while behind >= 0:
        name = text[text.rfind(b"<", at, behind) + 1 : behind - 1]
        if _is_address(name):
            checksum = zlib.crc32(text[at:behind], checksum)
            at = max(behind, text.find(b"<", behind))
            # past the name in the closing tag
            behind = at + len(name)
        behind = find(searched, behind)
    return zlib.crc32(text[at:], checksum)


def _usual_end(text: bytes, at: int) -> int:
    """Behind the next usual end of an address's tag; -1: there is none. A single byte is found many times as fast."""
    at = text.find(b"U", at)
    found = _USUAL_END.search(text, at) if at >= 0 else None
    return found.end() if found else -1


def _lower_end(text: bytes, at: int) -> int:
    at = text.find(b"uri>", at)
    return at + 4 if at >= 0 else -1


@lru_cache(maxsize=256)
def _is_address(name: bytes) -> bool:
    """Whether the contents of such an element do not count; with a `/` before its name, it is a closing tag."""
    lower = name.lower()
    return lower == b"uri" or (lower.endswith(b"netvisoruri") and lower[:1] != b"/")
