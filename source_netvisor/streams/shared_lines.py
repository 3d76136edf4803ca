"""Lines that are taken from the record of their whole document, which has just been built.

A voucher's record has its lines, and the stream of lines has them once more, with what they have from their voucher.
Where both streams are read, copying takes a third of the time of building. A property is copied only where both records
get it from the same places by the same rules. Since a mistake in that would be silent, the lines of the first documents
and of a few later ones are built as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from source_netvisor.parsing.naming import normalize, plurals
from source_netvisor.parsing.record_text import RecordText, Row
from source_netvisor.records.element_names import ElementNames, Node
from source_netvisor.records.line_records import LineRecords, Lines
from source_netvisor.records.raw_texts import RAW
from source_netvisor.records.same_places import own_elements, places_met, property_filled_from, same_names
from source_netvisor.records.unknown_elements import UNKNOWN
from source_netvisor.records.watched_template import Watch, differ


def array_of_lines(element: str, properties: Mapping[str, Any]) -> str | None:
    """The array in which the record of a whole document has its lines; None: it has none.

    Args:
        element: the name of a line's element.
        properties: of the whole document's schema.
    """
    names = plurals(normalize(element))
    arrays = (name for name, schema in properties.items() if "array" in schema.get("type", ()))
    return next((name for name in arrays if normalize(name) in names), None)


class SharedLines:
    """The lines of documents whose records another stream has built.

    Args:
        whole: what the elements of a document become in its own record.
        array: the array in which that record has the lines.
        completed: properties of that record that do not come from the document alone.
        lines: builds lines and what they have from their document.

    Attributes:
        taken: documents whose lines were copied.
    """

    def __init__(self, whole: ElementNames, array: str, completed: Iterable[str], lines: LineRecords) -> None:
        self._whole = whole
        self._array = array
        self._completed = frozenset(completed)
        self._lines = lines
        self._parent = lines.parent.names.mapped
        item = whole.arrays[normalize(array)][1]
        own = lines.line.names
        self._item = item if isinstance(item, ElementNames) and same_names(item, own) else None
        self._keys = own.named.own
        self._known = -1
        self._copied: dict[str, str] | None = None
        self._leaves: list[Node] = []
        self._watch = Watch()
        self.taken = 0

    def of(self, row: Row, record: Mapping[str, Any]) -> Lines | None:
        """What the lines have in common, and the lines; None: they are to be built.

        Args:
            row: the document; lines of small replies are built, which costs little, and which cannot be taken back.
            record: that was built of it.
        """
        if self._item is None or not isinstance(row, RecordText) or not row.source.uses_templates:
            return None
        if RAW in record or UNKNOWN in record:
            return None
        known = places_met(self._whole) + places_met(self._item)
        if known != self._known:
            self._known, self._copied = known, self._same_properties(self._item)
            self._leaves = own_elements(self._whole, self._parent.texts)
        copied = self._copied
        if copied is None or any(node.children for node in self._leaves):
            return None
        parent = {name: record[source] for name, source in copied.items() if source in record}
        lines = [line.copy() for line in record[self._array]]
        if self._item_is_numbered:
            for line in lines:
                del line["line_number"]
        self.taken += 1
        if self._watch.is_due():
            expected = self._lines.build(row)
            if differ(expected, (parent, lines)):
                self._item = None
                row.source.distrust()
                return expected
        return parent, lines

    @property
    def _item_is_numbered(self) -> bool:
        return self._array in self._whole.numbered

    def _same_properties(self, item: ElementNames) -> dict[str, str] | None:
        """Property of the lines -> the document's property that is filled from the same place; None: one has none."""
        if self._parent.languages or self._parent.arrays:
            return None
        if any(key in item.contested or len(item.named.filled_by.get(key, ())) > 1 for key in self._keys):
            # the key of something inside the line, which the lines' own stream does not take for the line's
            return None
        found: dict[str, str] = {}
        for name, paths in self._parent.of.items():
            source, convert = property_filled_from(self._whole, paths) or ("", None)
            if convert is not self._parent.texts[paths[0]].convert or source in self._completed:
                return None
            found[name] = source
        return found
