"""A checksum of what Netvisor sent for one record."""

from __future__ import annotations

import re
import zlib

from lxml import etree

from source_netvisor.parsing.record_text import RecordText, Row

_URI = re.compile(rb"<(\w*uri)\b[^<>]*>[^<>]*</\1>", re.IGNORECASE)


def fingerprint(row: Row) -> int:
    """32 bits of the record's text, without its links."""
    text = row.text.strip().encode() if isinstance(row, RecordText) else etree.tostring(row, with_tail=False)
    return zlib.crc32(_URI.sub(b"", text))
