"""A reply as a tree, with what the report tells of its form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

_ILLEGAL_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_ILLEGAL_CHARACTER = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _is_illegal(match: re.Match[bytes]) -> bool:
    number = int(match[1], 16) if match[1] else int(match[2])
    return not (number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or number >= 0x10000)


class Document:
    """The tree below Root.

    Args:
        root: the Root element.
        illegal: whether characters occurred that XML forbids; they were taken out.
    """

    def __init__(self, root: etree._Element, illegal: bool) -> None:
        self.root = root
        self.illegal = illegal

    @classmethod
    def parse(cls, body: bytes) -> Document | None:
        """The tree of a body; None where it is no XML."""
        cleaned = _ILLEGAL_REFERENCE.sub(lambda match: b"" if _is_illegal(match) else match[0], body)
        cleaned = _ILLEGAL_CHARACTER.sub(b"", cleaned)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        try:
            root = etree.fromstring(cleaned, parser)
        except (etree.XMLSyntaxError, ValueError):
            return None
        return None if root is None else cls(root, cleaned != body)

    @property
    def statuses(self) -> list[str]:
        """The texts of ResponseStatus/Status."""
        return [
            (one.text or "").strip() for one in self.find(("Status",)) if _name(one.getparent()) == "responsestatus"
        ]

    @property
    def time_stamp(self) -> str:
        """Netvisor's own time."""
        return next(((one.text or "").strip() for one in self.find(("TimeStamp",))), "")

    def find(self, names: Sequence[str], inside: etree._Element | None = None) -> Iterator[etree._Element]:
        """The outermost elements of these names, in any case, and none that stands inside another of them."""
        wanted = {name.lower() for name in names}
        stack = _children(self.root if inside is None else inside)
        while stack:
            element = stack.pop()
            if _name(element) in wanted:
                yield element
            else:
                stack += _children(element)

    def payload(self) -> Iterator[etree._Element]:
        """Every element but the response frame's."""
        for child in self.root:
            if isinstance(child.tag, str) and _name(child) != "responsestatus":
                yield from (one for one in child.iter() if isinstance(one.tag, str))


def _children(element: etree._Element) -> list[etree._Element]:
    """The elements inside, the last one first."""
    return [child for child in reversed(element) if isinstance(child.tag, str)]


def _name(element: etree._Element | None) -> str:
    return "" if element is None else str(element.tag).rpartition("}")[2].lower()


def name_of(element: etree._Element | None) -> str:
    """An element's name in lower case, without a namespace."""
    return _name(element)


def text_of(element: etree._Element, *names: str) -> str:
    """The text of the first element of one of these names inside, or of an attribute of it; empty where none is."""
    wanted = {name.lower() for name in names}
    for attribute, value in element.attrib.items():
        if str(attribute).lower() in wanted:
            return str(value).strip()
    for child in element.iter():
        if child is not element and _name(child) in wanted and (child.text or "").strip():
            return str(child.text).strip()
    return ""
