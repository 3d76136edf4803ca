"""A number that stands for what a record says: a record with another number has changed.

It is made of the record's text as it was sent, since to bring it into a normal form takes a third of the time in which
a record is built. So a value that changes always changes it; and a reply that is written in another way (indents,
quotes, references) has other numbers too, which costs no more than to send its records again. The contents of addresses
(`Uri`, `VoucherNetvisorURI`) do not count: they may hold a session.
"""

from __future__ import annotations

import zlib

from lxml import etree

from source_netvisor.parsing.record_text import RecordText, Row

_MARKS = (b"URI>", b"Uri>", b"uri>")


def fingerprint(row: Row) -> int:
    """The record's fingerprint, of 32 bits.

    Args:
        row: the record, as text or as element. A record of a reply that could not be cut has the number of its text
            where that was written without space between its elements, and another one otherwise.
    """
    text = row.raw if isinstance(row, RecordText) else etree.tostring(row, encoding="utf-8", with_tail=False)
    for mark in _MARKS:
        end = text.find(mark)
        if end >= 0:
            return _without_addresses(text, text, mark, end)
    lower = text.lower()
    end = lower.find(b"uri>")
    return _without_addresses(text, lower, b"uri>", end) if end >= 0 else zlib.crc32(text)


def _without_addresses(text: bytes, searched: bytes, mark: bytes, end: int) -> int:
    """The checksum of the text without the contents of addresses, whose names are found in `searched` by their end.

    Args:
        text: of the record.
        searched: the same, in whichever casing.
        mark: the end of the names.
        end: where it is found first.
    """
    checksum = at = 0
    while end >= 0:
        behind = end + len(mark)
        name = text[text.rfind(b"<", at, end) + 1 : behind - 1].lower()
        if name == b"uri" or (name.endswith(b"netvisoruri") and name[:1] != b"/"):
            checksum = zlib.crc32(text[at:behind], checksum)
            at = max(behind, text.find(b"<", behind))
            # past the name in the closing tag
            behind = at + len(name)
        end = searched.find(mark, behind)
    return zlib.crc32(text[at:], checksum)
