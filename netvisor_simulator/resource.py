"""What a resource of the simulated Netvisor is: the seam between the protocol and the company.

The server parses and refuses, a resource answers. A resource never sees headers, signatures or sockets; the
server never sees an invoice. Everything in this module is plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .assumptions import ApiAssumptions

Kind = Literal["int", "ints", "date", "datetime", "flag", "text"]


@dataclass(frozen=True)
class Parameter:
    """One query parameter that a resource takes.

    `kind` decides the notation that is accepted and the value that `Request.query` holds:

    - `int`: decimal digits -> `int`
    - `ints`: digits separated by single commas, at least one -> `tuple[int, ...]`
    - `date`: `YYYY-MM-DD` -> `datetime.date`
    - `datetime`: `YYYY-MM-DD` -> `datetime.date`, or `YYYY-MM-DDThh:mm:ss` -> aware `datetime.datetime`,
      Europe/Helsinki (ask `isinstance(value, datetime)` first: every datetime is a date too)
    - `flag`: `0` or `1` -> `bool`
    - `text`: any characters that need no escaping in a URL -> `str`

    `choices` holds the permitted values, already parsed (of each item where the kind is `ints`). `max_items` is
    the greatest number of items of a list, comma-separated texts included. The name is written in lower case;
    a caller may write it in any case.
    """

    name: str
    kind: Kind
    choices: tuple[Any, ...] | None = None
    max_items: int | None = None
    required: bool = False


class Refusal(Exception):
    """Raised by a resource that refuses a call: the reply becomes a FAILED frame.

    It must be raised before the first chunk of the body has been handed out: from `Resource.answer` itself, or
    by the body's iterator before its first item.

    Args:
        code: Netvisor's code, such as `INVALID_DATA`.
        text: what follows the code in the second Status element.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code} :: {text}")
        self.code = code
        self.text = text


@dataclass
class Reply:
    """An OK reply.

    Attributes:
        body: chunks of XML that stand between `ResponseStatus` and `</Root>`. A chunk must not end inside a tag;
            it may otherwise be of any size. An iterator is streamed, never held.
        headers: further response headers, such as those of getvendor.nv's paging.
    """

    body: Iterable[str]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A call that has passed the protocol: signed, permitted, and with well-formed parameters.

    Attributes:
        company: the company asked for, as given to the simulator.
        query: parameter values by lower-case name, parsed by kind; what was not sent is not in it.
        now: the moment of the call on the company's clock, aware, Europe/Helsinki.
        assumptions: how the ambiguous parts of the documents are to be played.
        language: `FI`, `EN` or `SE`.
    """

    company: Any
    query: Mapping[str, Any]
    now: datetime
    assumptions: ApiAssumptions
    language: str


@dataclass(frozen=True)
class Resource:
    """A resource that reads. `name` is the file name in lower case, `.nv` included (`accountlist.nv`)."""

    name: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[Request], Reply]
