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
_LOWER_END = re.compile(rb"uri>")


def fingerprint(row: Row) -> int:
    """The record's fingerprint, of 32 bits.

    Args:
        row: the record, as text or as element. A record of a reply that could not be cut has the number of its text
            where that was written without space between its elements, and another one otherwise.
    """
    text = row.raw if isinstance(row, RecordText) else etree.tostring(row, encoding="utf-8", with_tail=False)
    searched, end = text, _USUAL_END
    found = end.search(text)
    if found is None:
        searched, end = text.lower(), _LOWER_END
        found = end.search(searched)
    checksum = at = 0
    while found is not None:
        behind = found.end()
        name = text[text.rfind(b"<", at, behind) + 1 : behind - 1]
        if _is_address(name):
            checksum = zlib.crc32(text[at:behind], checksum)
            at = max(behind, text.find(b"<", behind))
            # past the name in the closing tag
            behind = at + len(name)
        found = end.search(searched, behind)
    return zlib.crc32(text[at:], checksum)


@lru_cache(maxsize=256)
def _is_address(name: bytes) -> bool:
    """Whether the contents of such an element do not count; with a `/` before its name, it is a closing tag."""
    lower = name.lower()
    return lower == b"uri" or (lower.endswith(b"netvisoruri") and lower[:1] != b"/")
