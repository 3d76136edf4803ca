"""A number that stands for what a record says: a record with another number has changed.

It is made of the record's text as it was sent, since to bring it into a normal form takes a third of the time in which a
record is built. So a value that changes always changes it; and a reply that is written in another way (indents, quotes,
references) has other numbers too, which costs no more than to send its records again. The contents of addresses (`Uri`,
`VoucherNetvisorURI`) do not count: they may hold a session.
"""

from __future__ import annotations

import zlib

from lxml import etree

from source_netvisor.parsing.record_text import RecordText, Row

_MARK = b"uri>"


def fingerprint(row: Row) -> int:
    """The record's fingerprint, of 32 bits.

    Args:
        row: the record, as text or as element. A record of a reply that could not be cut has the number of its text
            where that was written without space between its elements, and another one otherwise.
    """
    if isinstance(row, RecordText):
        text = row.text.strip().encode("utf-8", "surrogatepass")
    else:
        text = etree.tostring(row, encoding="utf-8", with_tail=False)
    lower = text.lower()
    end = lower.find(_MARK)
    if end < 0:
        return zlib.crc32(text)
    checksum, at = 0, 0
    while end >= 0:
        behind = end + len(_MARK)
        name = lower[lower.rfind(b"<", 0, end) + 1 : behind - 1]
        checksum = zlib.crc32(text[at:behind], checksum)
        at = behind
        if name == b"uri" or (name.endswith(b"netvisoruri") and not name.startswith(b"/")):
            at = max(behind, text.find(b"<", behind))
        end = lower.find(_MARK, at)
    return zlib.crc32(text[at:], checksum)
