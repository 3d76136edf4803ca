"""One record of a large reply as its XML text, cut out without a tree.

To hand each element of a large reply to Python costs more than to read it from its text, where nearly every element is
a tag, a text and the tag's end. `record_shapes.py` builds records from such texts; whoever needs the element gets it
parsed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from lxml import etree

from source_netvisor.parsing import decoder

FIRST = 24
"""Tags among which a row's key and date are looked for."""


class Unusual(Exception):
    """The record must be read from its element."""


class RecordText:
    """A record's text, not known to be well formed before somebody has read all of it.

    Args:
        text: the record, with nothing but space before it.
        otherwise: gives the element where the text is not well formed, or refuses the reply.
    """

    def __init__(self, text: str, otherwise: Callable[[], etree._Element]) -> None:
        self.text = text
        self._otherwise = otherwise

    @cached_property
    def element(self) -> etree._Element:
        """The same record as an element."""
        try:
            return etree.fromstring(self.text.encode().lstrip(), decoder.safe_parser())
        except etree.XMLSyntaxError:
            return self._otherwise()

    def beginning(self) -> list[str]:
        """The record's first opening and closing tags, without their `<`, each with the text behind it."""
        return self.text.split("<", FIRST)[1:FIRST]


Row = etree._Element | RecordText
"""A record of a reply, whichever way it was read."""


def element_of(row: Row) -> etree._Element:
    """The record as an element."""
    return row.element if isinstance(row, RecordText) else row
