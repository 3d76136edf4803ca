"""Netvisor's response frame, and what can be done to the text inside it.

    Root / ResponseStatus / Status, Status (of a failure: `CODE :: text`), TimeStamp; then the resource's element.

Encoding, declaration, CRLF and indent are those of recorded replies; the time stamp is Finnish local time without
leading zeros in day, month and hour (`5.6.2023 16:12:09`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import cycle
from xml.sax.saxutils import escape

from .assumptions import ApiAssumptions

DECLARATION = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>'
CONTENT_TYPE = "text/html; charset=utf-8"
PIECE = 1 << 16
"""Characters that are gathered before they are sent as one HTTP chunk."""

HTTP_STATUS = {
    "OK": 200,
    "INVALID_DATA": 400,
    "INVALID_DATA_SIZE": 400,
    "AUTHENTICATION_FAILED": 401,
    "SERVICE_ACCESS_ERROR": 403,
    "TECHNICAL_ERROR": 500,
    "DUPLICATE_DATA": 400,
    "REQUEST_NOT_UNIQUE": 400,
    "PERIOD_LOCK": 400,
    "SYSTEM_MAINTENANCE": 500,
    "SYSTEM_MAINTANANCE": 500,
}
"""HTTP status of a code. The first six stand in the announcement of the codes; the others are this simulator's
guess at the nearest of them, since no document names theirs."""


def http_status(code: str, asked_for: bool, assumptions: ApiAssumptions) -> int:
    """The HTTP status of a frame.

    Args:
        code: `OK` or Netvisor's code; one that nobody knows is an internal server error.
        asked_for: the request's UseHTTPResponseStatusCodes is 1.
    """
    always = assumptions.failed_with_http_200 == "always_codes"
    if assumptions.failed_with_http_200 == "always_200" or not (asked_for or always):
        return 200
    return HTTP_STATUS.get(code, 500)


def time_stamp(now: datetime) -> str:
    """`5.6.2023 9:02:07`"""
    return f"{now.day}.{now.month}.{now.year} {now.hour}:{now:%M:%S}"


def head(statuses: Iterable[str], stamp: str | None) -> str:
    """The frame up to the resource's element, Root left open."""
    lines = [f"        <Status>{escape(status)}</Status>" for status in statuses]
    if stamp is not None:
        lines.append(f"        <TimeStamp>{stamp}</TimeStamp>")
    return "\r\n".join([DECLARATION, "<Root>", "    <ResponseStatus>", *lines, "    </ResponseStatus>", ""])


def failed(code: str, text: str, now: datetime) -> bytes:
    """A FAILED frame: two elements Status, and no resource's element."""
    return (head(["FAILED", f"{code} :: {text}"], time_stamp(now)) + "</Root>").encode()


def ok(body: Iterable[str], now: datetime, assumptions: ApiAssumptions) -> Iterator[bytes]:
    """An OK frame around a resource's chunks, in pieces of about 64 KiB; nothing more is held in memory."""
    if assumptions.casing != "documented":
        body = _recased(body, str.lower if assumptions.casing == "lower" else str.upper)
    if assumptions.illegal_characters:
        body = _spoiled(body)
    gathered, size = [head(["OK"], time_stamp(now))], 0
    for chunk in body:
        gathered.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield _with_crlf("".join(gathered))
            gathered, size = [], 0
    gathered.append("</Root>")
    yield _with_crlf("".join(gathered))


def _with_crlf(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


_TAG = re.compile(r"<(?![?!])[^>]*>")
_NAME = re.compile(r"(?<=[<\s/])[A-Za-z_][\w.-]*(?=[\s/>=])|\"[^\"]*\"|'[^']*'")


def _recased(chunks: Iterable[str], case: Callable[[str], str]) -> Iterator[str]:
    """Element and attribute names in another case; attribute values and text stay."""

    def name(found: re.Match[str]) -> str:
        return found.group() if found.group()[0] in "\"'" else case(found.group())

    # most tags come again and again
    @lru_cache(maxsize=1024)
    def tag(text: str) -> str:
        return _NAME.sub(name, text)

    for chunk in chunks:
        yield _TAG.sub(lambda found: tag(found.group()), chunk)


_WORD = re.compile(r">([^\W\d_][^<&]*[^\W\d_])<")


def _spoiled(chunks: Iterable[str]) -> Iterator[str]:
    """An illegal character somewhere in the first text of each chunk that begins and ends with a letter.

    `&#x2;` is what has been seen of Netvisor; the other notations of the like are here for good measure.
    """
    illegal = cycle(["&#x2;", "&#x1F;", "&#11;", "\x02", "&#x0002;", "&#xFFFE;"])

    def spoil(found: re.Match[str]) -> str:
        text = found.group(1)
        return f">{text[:1]}{next(illegal)}{text[1:]}<"

    for chunk in chunks:
        yield _WORD.sub(spoil, chunk, count=1)
