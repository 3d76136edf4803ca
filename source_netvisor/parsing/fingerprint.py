"""A number that stands for what a record says: a record with another number has changed.

It is the same whichever way the record was cut out of its reply, and whatever white space, empty tags, references and
quotes its text has. The contents of addresses (`Uri`, `VoucherNetvisorURI`) do not count: they may hold a session.
"""

from __future__ import annotations

import re
import zlib

from lxml import etree

from source_netvisor.parsing.record_text import RecordText, Row

_UNUSUAL_REFERENCE = re.compile("&(?!amp;|lt;|gt;)")
_UNUSUAL = ("='", "\n", "\r", "\t", "> ", " >", ">\u00a0")
"""Quotes, breaks inside texts and tags, and space at a text's beginning."""
_SPACE_BEHIND_TAG = re.compile(r">\s+")
_ADDRESS = re.compile(r"(<(?:[^\s<>/]*netvisor)?uri>)[^<]*", re.IGNORECASE)


def fingerprint(row: Row) -> int:
    """The record's fingerprint, of 32 bits.

    Args:
        row: the record, as text or as element.

    Raises:
        NetvisorError: its text is not well formed, which only texts with something unusual show here.
    """
    if isinstance(row, RecordText):
        text = _tidied(row.text)
        is_usual = not any(unusual in text for unusual in _UNUSUAL)
        if is_usual and ("&" not in text or not _UNUSUAL_REFERENCE.search(text)):
            return _checksum(text)
        row = row.element
    text = _tidied(etree.tostring(row, encoding="unicode", with_tail=False))
    return _checksum(_SPACE_BEHIND_TAG.sub(">", text))


def _tidied(text: str) -> str:
    """The text without the space before tags, and with each empty element as a pair of tags."""
    text = "<".join(map(str.rstrip, text.split("<")))
    if "/>" not in text:
        return text
    *parts, rest = text.split("/>")
    opened = []
    for part in parts:
        begin = part.rfind("<")
        tag = part[begin + 1 :]
        opened += [part[:begin], "<", tag.rstrip(), "></", tag.split(None, 1)[0] if tag.strip() else "", ">"]
    return "".join((*opened, rest))


def _checksum(text: str) -> int:
    if "&gt;" in text:
        text = text.replace("&gt;", ">")
    return zlib.crc32(_without_addresses(text).encode("utf-8", "surrogatepass"))


def _without_addresses(text: str) -> str:
    """The text with all elements of addresses empty."""
    lower = text.lower()
    if "uri>" not in lower:
        return text
    if len(lower) != len(text):
        # a letter that is two in lower case: places in the one are not those in the other
        return _ADDRESS.sub(r"\1", text)
    kept, at, end = [], 0, lower.find("uri>")
    while end >= 0:
        behind = end + len("uri>")
        name = lower[lower.rfind("<", 0, end) + 1 : behind - 1]
        kept.append(text[at:behind])
        at = text.find("<", behind) if name == "uri" or name.endswith("netvisoruri") and name[0] != "/" else behind
        if at < 0:
            return "".join(kept)
        end = lower.find("uri>", at)
    kept.append(text[at:])
    return "".join(kept)
