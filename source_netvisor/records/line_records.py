"""The records of a stream that has one for each line of a document, with what the lines have from their document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from source_netvisor import errors
from source_netvisor.parsing.naming import normalize
from source_netvisor.parsing.record_text import Row, element_of
from source_netvisor.records.element_names import MOST_REMEMBERED
from source_netvisor.records.record_builder import RecordBuilder
from source_netvisor.records.record_template import LINES, RecordTemplate
from source_netvisor.records.unknown_elements import DEEPEST
from source_netvisor.records.watched_template import WatchedTemplate

Lines = tuple[dict[str, Any], list[dict[str, Any]]]
"""What the lines of a document have in common, and the lines, in their order."""


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
        self._name = normalize(own)
        self._container = normalize(container)
        self._is_line: dict[str, bool] = {}
        self._watched: WatchedTemplate[Lines] | None = None
        if self._name and not self._container and not parent.takes_the_element and not line.takes_the_element:
            template = RecordTemplate(parent.names, (self._name, line.names))
            self._watched = WatchedTemplate(template, self._from_element, lambda found: (found, found.pop(LINES, [])))

    def build(self, row: Row) -> Lines:
        """What the lines have in common, and the lines, in their order.

        Raises:
            NetvisorError: one of them is past a limit.
        """
        parent, lines = self._watched.build(row) if self._watched else self._from_element(element_of(row))
        self.parent.check(parent)
        for line in lines:
            self.line.check(line)
        return parent, lines

    def _from_element(self, element: etree._Element) -> Lines:
        lines = [line for place in self._places(element) for line in self._elements(place)]
        return self.parent.from_element(element), [self.line.from_element(line) for line in lines]

    def _places(self, element: etree._Element) -> list[etree._Element]:
        """The elements that the lines stand in."""
        if not self._container:
            return [element]
        return [one for one in element.iter() if isinstance(one.tag, str) and normalize(one.tag) == self._container]

    def _elements(self, element: etree._Element, depth: int = 0) -> Iterator[etree._Element]:
        """The lines in an element, however deep."""
        if depth > DEEPEST:
            raise errors.record_too_deep(DEEPEST)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            if self._is_a_line(tag):
                if len(child) or child.keys() or (child.text or "").strip():
                    yield child
            elif len(child):
                yield from self._elements(child, depth + 1)

    def _is_a_line(self, tag: str) -> bool:
        is_line = self._is_line.get(tag)
        if is_line is None:
            is_line = self._name in ("", normalize(tag))
            if len(self._is_line) < MOST_REMEMBERED:
                self._is_line[tag] = is_line
        return is_line
