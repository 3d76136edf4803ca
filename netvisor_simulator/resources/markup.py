"""Elements as Netvisor notes them: decimal comma, dates in two notations, CRLF and four spaces of indent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from ..resource import Request
from .notation import Notation

EOL = "\r\n"
ANSI = {"format": "ansi"}


class Node(NamedTuple):
    """An element: a text, or elements inside.

    `content` is None (empty), a text, a whole number, a Decimal, a date, or a list of nodes.
    """

    name: str
    content: Any
    attributes: dict[str, Any] | None


def el(name: str, content: Any = None, attributes: dict[str, Any] | None = None) -> Node:
    """An element with a value (None: empty) and attributes."""
    return Node(name, content, attributes)


def group(name: str, *children: Node | None, attributes: dict[str, Any] | None = None) -> Node:
    """An element with elements inside; None among them is left out."""
    return Node(name, [child for child in children if child is not None], attributes)


def many(name: str, children: Iterable[Node], attributes: dict[str, Any] | None = None) -> Node:
    """An element around a list of elements."""
    return Node(name, list(children), attributes)


def escape(text: str) -> str:
    """A text without characters that mean something in XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def finnish(day: date) -> str:
    """`d.M.yyyy`, without leading zeros."""
    return f"{day.day}.{day.month}.{day.year}"


def finnish_time(moment: datetime) -> str:
    """`d.M.yyyy H:mm:ss`."""
    return f"{finnish(moment)} {moment.hour}:{moment:%M:%S}"


def minutes(moment: datetime) -> str:
    """`yyyy-MM-dd HH:mm`."""
    return f"{moment:%Y-%m-%d %H:%M}"


def one_zero(flag: bool) -> str:
    """`1` or `0`."""
    return "1" if flag else "0"


def capital(flag: bool) -> str:
    """`True` or `False`."""
    return "True" if flag else "False"


def small(flag: bool) -> str:
    """`true` or `false`."""
    return "true" if flag else "false"


def ansi(name: str, day: date | None) -> Node:
    """A date element with its `format` attribute."""
    return Node(name, day, ANSI)


def text_of(value: Any, notation: Notation) -> str:
    """A value as text, escaped."""
    if value is None:
        return ""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Decimal):
        return notation.number(value)
    return str(value)


def render(node: Node, level: int, notation: Notation) -> str:
    """An element as text, indented by `level` steps, each line ended."""
    name, content, attributes = node
    if notation.differs:
        name, attributes = notation.name(node.name), notation.attributes(node.name, attributes)
        content = notation.content(node.name, content)
    pad = "    " * level
    told = ""
    if attributes:
        told = "".join(f' {key}="{text_of(value, notation)}"' for key, value in attributes.items())
    if isinstance(content, list):
        if not content:
            return f"{pad}<{name}{told}/>{EOL}"
        inner = "".join([render(child, level + 1, notation) for child in content])
        return f"{pad}<{name}{told}>{EOL}{inner}{pad}</{name}>{EOL}"
    text = text_of(content, notation)
    return f"{pad}<{name}{told}>{text}</{name}>{EOL}" if text else f"{pad}<{name}{told}/>{EOL}"


def whole(request: Request, *nodes: Node) -> Iterator[str]:
    """Small replies: elements directly under Root."""
    notation = Notation.of(request.assumptions)
    for node in nodes:
        yield render(node, 1, notation)


def listed(
    request: Request, name: str, items: Iterable[Node], attributes: dict[str, Any] | None = None
) -> Iterator[str]:
    """A list element around items, streamed; empty as the assumption `empty_list` says."""
    notation = Notation.of(request.assumptions)
    return wrapped(request, name, (render(item, 2, notation) for item in items), attributes)


def wrapped(
    request: Request, name: str, texts: Iterable[str], attributes: dict[str, Any] | None = None
) -> Iterator[str]:
    """As `listed`, around items that are rendered already (at level 2)."""
    notation = Notation.of(request.assumptions)
    told = "".join(f' {key}="{text_of(value, notation)}"' for key, value in (attributes or {}).items())
    held: list[str] = []
    begun = False
    for text in texts:
        if not begun:
            held.append(f"    <{name}{told}>{EOL}")
            begun = True
        held.append(text)
        if len(held) >= 64:
            yield "".join(held)
            held.clear()
    if begun:
        held.append(f"    </{name}>{EOL}")
    elif request.assumptions.empty_list == "element":
        held.append(f"    <{name}{told}/>{EOL}")
    yield "".join(held)
