"""The records of a stream that has one for each line of a document, with what the lines have from their document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from source_netvisor.parsing.naming import squash
from source_netvisor.parsing.record_text import RecordText, Row, Unusual, element_of
from source_netvisor.records.record_builder import RecordBuilder
from source_netvisor.records.record_shapes import LINES, Shape


class LineRecords:
    """Builds them.

    Args:
        parent: of the properties that the lines have from their document.
        line: of a line.
        element: the name of a line's element; `*`: each child of the document's element; `Name/*`: each child of the
            elements of that name.
    """

    def __init__(self, parent: RecordBuilder, line: RecordBuilder, element: str) -> None:
        self.parent = parent
        self.line = line
        container, _, own = element.rpartition("/")
        self._name = squash(own)
        self._container = squash(container)
        self._is_line: dict[Any, bool] = {}
        by_shape = self._name and not self._container and not parent.takes_the_element and not line.takes_the_element
        self._shape = Shape(parent.names, (self._name, line.names)) if by_shape else None

    def build(self, row: Row) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What the lines have in common, and the lines, in their order."""
        if not isinstance(row, RecordText) or self._shape is None:
            return self._from_element(element_of(row))
        try:
            parent = self._shape.build(row)
        except Unusual:
            found = self._from_element(row.element)
            self._shape.learn(row)
            return found
        return parent, parent.pop(LINES, [])

    def _from_element(self, element: etree._Element) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        lines = [line for place in self._places(element) for line in self._elements(place)]
        return self.parent.build(element), [self.line.build(line) for line in lines]

    def _places(self, element: etree._Element) -> list[etree._Element]:
        """The elements that the lines stand in."""
        if not self._container:
            return [element]
        return [one for one in element.iter() if isinstance(one.tag, str) and squash(one.tag) == self._container]

    def _elements(self, element: etree._Element) -> Iterator[etree._Element]:
        """The lines in an element, however deep."""
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            is_line = self._is_line.get(tag)
            if is_line is None:
                is_line = self._is_line[tag] = self._name in ("", squash(tag))
            if is_line:
                if len(child) or child.attrib or (child.text or "").strip():
                    yield child
            elif len(child):
                yield from self._elements(child)
