"""An XML element -> a typed record, driven by the stream's JSON schema (section "Records" of docs/streams.md).

The schema says names and types, so a stream needs no code. What an element becomes is worked out when it is first met
(element_names.py) and remembered in a tree that mirrors the document; from then on a field costs a look-up and its
conversion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from source_netvisor.parsing.naming import normalize, snake_case
from source_netvisor.parsing.record_text import Row, element_of
from source_netvisor.records.element_names import ElementNames
from source_netvisor.records.object_builder import ObjectBuilder
from source_netvisor.records.raw_texts import RAW
from source_netvisor.records.record_template import RecordTemplate
from source_netvisor.records.unknown_elements import UNKNOWN, check_size
from source_netvisor.records.watched_template import WatchedTemplate


class RecordBuilder:
    """Builds the records of one stream.

    Args:
        schema: the stream's JSON schema.
        primary_key: properties that only the record's own element fills, or the place that `fields` names.
        fields: property -> path, for what the names do not tell: `CustomerBaseInformation/NetvisorKey`,
            `InvoiceStatus/@status`, or several paths, the first that occurs counts. `name_{language}` takes the text
            with its language as ending; `#name` and `#text` are the record element's own name and text.
        exclude: elements that are left out.
        exclusive: take what `fields` names and nothing else.

    Attributes:
        unknown: name -> how often it was met first that the schema does not know (counted once for each spelling).
        kept: property -> how many of its texts are in `_netvisor_raw`.
    """

    def __init__(
        self, schema: Mapping[str, Any], primary_key: Sequence[str] = (),
        fields: Mapping[str, str | Sequence[str]] | None = None, exclude: Sequence[str] = (), exclusive: bool = False,
    ) -> None:  # fmt: skip
        self.unknown: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        fields = fields or {}
        properties = schema.get("properties", {})
        self._of_element = {name: place for name, place in fields.items() if place in ("#name", "#text")}
        # the schema lists the names that are known, since the casing tells where a name's words end, but not reliably
        self._known_names = {
            normalize(example): example
            for name, place in self._of_element.items()
            if place == "#name"
            for example in properties.get(name, {}).get("examples", ())
        }
        self._names = ObjectBuilder(
            properties, {name: place for name, place in fields.items() if name not in self._of_element},
            primary_key, exclusive, exclude, self.unknown,
        )  # fmt: skip
        self._names.takes_text = bool(self._of_element)
        self._watched = WatchedTemplate(RecordTemplate(self._names), self._names.build)

    @property
    def names(self) -> ElementNames:
        """What the record's elements become."""
        return self._names

    @property
    def takes_the_element(self) -> bool:
        """Whether a property is the record element's own name or text."""
        return bool(self._of_element)

    def build(self, row: Row) -> dict[str, Any]:
        """The record that the row is, without what the connector adds (business id, cursor).

        Raises:
            NetvisorError: the record is past a limit.
        """
        record = self.from_element(element_of(row)) if self._of_element else self._watched.build(row)
        if RAW in record or UNKNOWN in record:
            self.check(record)
        return record

    def from_element(self, element: etree._Element) -> dict[str, Any]:
        """The same from an element, with nothing counted."""
        record = self._names.build(element)
        for name, place in self._of_element.items():
            if place == "#name":
                tag = str(element.tag)
                text = self._known_names.get(normalize(tag)) or snake_case(tag)
            else:
                text = (element.text or "").strip()
            record[name] = text or None
        return record

    def check(self, record: dict[str, Any]) -> None:
        """Counts what of a finished record is in `_netvisor_raw`, and looks at the size of what is unknown.

        Raises:
            NetvisorError: the record has too much that is unknown.
        """
        if RAW in record:
            for name in record[RAW]:
                self.kept[".".join(part for part in name.split(".") if not part.isdigit())] += 1
        if UNKNOWN in record:
            check_size(record[UNKNOWN])
