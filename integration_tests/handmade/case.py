"""One company's replies, and the records that they must become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Query = Mapping[str, str]
Body = str | bytes | Callable[[Query], str]

HEADER = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n'
STATUS = "<ResponseStatus><Status>OK</Status><TimeStamp>5.6.2023 16:12:09</TimeStamp></ResponseStatus>"


def reply(content: str, root: str = "Root") -> str:
    """A whole reply, pretty-printed a little, as recorded ones are."""
    return f"{HEADER}<{root}>\r\n    {STATUS}\r\n    {content}\r\n</{root}>"


@dataclass(frozen=True)
class Case:
    """What a server answers, and what a read must give.

    Args:
        name: of the test.
        replies: resource -> body, or body by the words of the query.
        records: stream -> its records in order, without nulls, empty arrays and what every record carries.
    """

    name: str
    replies: Mapping[str, Body]
    records: Mapping[str, Sequence[Mapping[str, Any]]]
    headers: Mapping[str, str] = field(default_factory=dict)
