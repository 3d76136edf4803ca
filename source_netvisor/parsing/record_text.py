"""One record of a reply as its XML text, cut out without a tree.

To hand each element of a large reply to Python costs more than to read it from its text, where nearly every element is
a tag, a text and the tag's end. `record_template.py` builds records from such texts; whoever needs the element gets it
parsed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from lxml import etree

from source_netvisor.parsing import decoder

logger = logging.getLogger("airbyte.source_netvisor")

FIRST = 24
"""Tags among which a row's key and date are looked for."""


class TemplateMismatch(Exception):
    """The record must be read from its element."""


class RecordSource:
    """The reply that record texts are from.

    Args:
        resource: that was asked.

    Attributes:
        uses_templates: whether its records are built by templates; small replies take longer that way.
        is_divisible: whether it may be cut into the texts of its records.
        is_distrusted: whether what was read fast of it may be wrong.
    """

    def __init__(self, resource: str, uses_templates: bool) -> None:
        self.resource = resource
        self.uses_templates = uses_templates
        self.is_divisible = True
        self.is_distrusted = False

    def distrust(self) -> None:
        """Takes note that a template gave another record than the element, or that a record was cut out wrong."""
        self.uses_templates = False
        self.is_distrusted = True
        logger.warning(
            f"{self.resource}: a fast way of reading this reply gave another record than the careful way; the reply is "
            "read again, the careful way. Please report it to the developers."
        )


class RecordText:
    """A record's text, not known to be well formed before somebody has read all of it.

    Args:
        raw: the record, in UTF-8, with nothing around it.
        otherwise: gives the element of a record whose text is not well formed, by its number, or refuses the reply.
        source: the reply.
        number: records of the reply before it.
    """

    __slots__ = ("_element", "_number", "_otherwise", "raw", "source")

    def __init__(
        self, raw: bytes, otherwise: Callable[[int], etree._Element], source: RecordSource, number: int
    ) -> None:
        self.raw = raw
        self.source = source
        self._otherwise = otherwise
        self._number = number
        self._element: etree._Element | None = None

    @property
    def element(self) -> etree._Element:
        """The same record as an element."""
        if self._element is None:
            try:
                self._element = etree.fromstring(self.raw, decoder.safe_parser())
            except etree.XMLSyntaxError:
                self._element = self._otherwise(self._number)
        return self._element

    @property
    def is_parsed(self) -> bool:
        """Whether somebody needed the element."""
        return self._element is not None

    def beginning(self) -> list[str]:
        """The record's first opening and closing tags, without their `<`, each with the text behind it."""
        return [chunk.decode() for chunk in self.raw.split(b"<", FIRST)[1:FIRST]]


Row = etree._Element | RecordText
"""A record of a reply, whichever way it was read."""


def element_of(row: Row) -> etree._Element:
    """The record as an element."""
    return row.element if isinstance(row, RecordText) else row
