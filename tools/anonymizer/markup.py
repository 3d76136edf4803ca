"""The values in a reply's markup, found without a parser: everything between them stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml.*?\?>", re.S)
_PIECE = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!--.*?-->|<(?P<tag>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>|(?P<text>[^<]+|<)", re.S
)
_ATTRIBUTE = re.compile(r"(?P<name>[\w:.-]+)(?P<equals>\s*=\s*)(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.S)
_NAME = re.compile(r"[\w:.-]+")

Change = Callable[[str, str, bool], str]
"""A value, the name of its element or attribute in lower case, and whether it is an attribute's -> the new value."""


def changed(reply: str, change: Change) -> str:
    """The reply with each value changed. White space around values stays, and comments are left out.

    Args:
        reply: the whole text.
        change: gets each value that is not empty.
    """
    declaration = _DECLARATION.match(reply)
    head = declaration[0] if declaration else ""
    element = ""

    def piece(match: re.Match[str]) -> str:
        nonlocal element
        if match["tag"] is not None:
            name = _NAME.search(match["tag"])
            element = name[0].lower() if name else ""
            return "<" + _ATTRIBUTE.sub(lambda found: _attribute(found, change), match["tag"]) + ">"
        if match["text"] is not None:
            return _inner(match["text"], element, False, change)
        if match["cdata"] is not None:
            return f"<![CDATA[{_inner(match['cdata'], element, False, change)}]]>"
        return ""

    return head + _PIECE.sub(piece, reply[len(head) :])


def _attribute(found: re.Match[str], change: Change) -> str:
    name = found["name"].lower()
    value = found["value"] if name.startswith("xmlns") else _inner(found["value"], name, True, change)
    return f"{found['name']}{found['equals']}{found['quote']}{value}{found['quote']}"


def _inner(text: str, name: str, attribute: bool, change: Change) -> str:
    inner = text.strip()
    if not inner:
        return text
    begin = text.index(inner)
    return text[:begin] + change(inner, name, attribute) + text[begin + len(inner) :]
