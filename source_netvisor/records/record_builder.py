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

from source_netvisor import errors
from source_netvisor.parsing.naming import is_language_attribute, language_ending, snake_case, squash
from source_netvisor.parsing.record_text import RecordText, Row, Unusual, element_of
from source_netvisor.records.element_names import MOST_UNKNOWN, RAW, ElementNames, Node, Notes, Restart
from source_netvisor.records.record_shapes import Shape
from source_netvisor.records.values import UNFIT, Converter, to_string


def _keep(record: dict[str, Any], name: str, text: str | None) -> None:
    """Keeps a text that the field has no place for; of several, each: `sort`, `sort.2`, `sort.3`."""
    raw = record.setdefault(RAW, {})
    number, key = 1, name
    while key in raw:
        number += 1
        key = f"{name}.{number}"
    raw[key] = text


class _Plan(ElementNames):
    """Builds the objects of one kind from elements: a record, or the items of an array in it."""

    def build(self, element: etree._Element) -> dict[str, Any]:
        """The object that the element is."""
        while True:
            record: dict[str, Any] = {}
            try:
                if element.keys():
                    self._attributes(element, self.root, record)
                self._children(element, self.root, record)
            except Restart:
                self.notes.restarts += 1
                continue
            for name in self.array_names:
                if name not in record:
                    record[name] = []
            return record

    def _children(self, element: etree._Element, node: Node, record: dict[str, Any]) -> None:
        children, leaves = node.children, node.leaves
        met: set[str] | None = None
        for child in element:
            tag = child.tag
            settled = leaves.get(tag)  # type: ignore[arg-type]
            if settled is not None:
                # nearly every element of nearly every reply goes this way
                text = child.text
                if text is not None and (text := text.strip()) and not len(child) and not child.keys():
                    name, conversion = settled
                    value = text if conversion is None else conversion(text)
                    if value is UNFIT:
                        _keep(record, name, text)
                        value = None
                    if name in record:
                        self._again(record, name, value, text)
                    else:
                        record[name] = value
                    continue
            below = children.get(tag)  # type: ignore[arg-type]
            if below is None:
                if not isinstance(tag, str) or self._undecided(node, tag, child):
                    continue
                below = children[tag] = self._resolve(node, tag, child)
            if below.array is not None:
                self._item(child, below, record)
            elif below.ignored:
                continue
            elif len(child):
                if below.unknown:
                    met = self._once(below, met, child)
                if child.keys():
                    self._attributes(child, below, record)
                self._children(child, below, record)
            else:
                # `attrib` would make an object for every element
                if child.keys():
                    language = self._attributes(child, below, record)
                    if language:
                        self._put(record, *language, child.text)
                        continue
                leaf = below.leaf
                if leaf is None:
                    text = child.text
                    if text is None or not text.strip():
                        # an empty element that the schema does not know says nothing: a wrapper without items
                        if below.path[-1] in self.scalars or below.path in self.mapped:
                            leaf = self._leaf(below)
                        else:
                            continue
                    else:
                        leaf = self._leaf(below)
                if leaf:
                    if below.unknown:
                        met = self._once(below, met, child)
                    elif below.language is None and isinstance(tag, str):
                        leaves[tag] = (leaf[0], None if leaf[1] is to_string else leaf[1])
                    self._put(record, *leaf, child.text)

    def _put(self, record: dict[str, Any], name: str, convert: Converter, text: str | None) -> None:
        text = (text or "").strip()
        value = convert(text) if text else None
        if value is UNFIT:
            _keep(record, name, text)
            value = None
        if name in record:
            self._again(record, name, value, text)
        else:
            record[name] = value

    def _again(self, record: dict[str, Any], name: str, value: Any, text: str | None) -> None:
        """A second value for a field that the schema has once: the first stays, the other is kept beside it."""
        if record[name] is None:
            record[name] = value
        elif value is not None and value != record[name]:
            _keep(record, name, text)

    def _once(self, node: Node, met: set[str] | None, element: etree._Element) -> set[str]:
        """Notes an unknown element; where it repeats, it is an array from now on."""
        met = set() if met is None else met
        if node.tag in met and not self._only_wraps(node, element):
            self._make_unknown_array(node)
            raise Restart
        met.add(node.tag)
        return met

    def _item(self, element: etree._Element, node: Node, record: dict[str, Any]) -> None:
        name, plan = node.array, node.item
        assert name is not None and plan is not None
        items: list[Any] = record.setdefault(name, [])
        if len(element) and isinstance(plan, ElementNames):
            self._append(record, name, items, plan.build(element))
            return
        if not isinstance(plan, ElementNames):
            language = self._attributes(element, node, record) if element.attrib else None
            text = (element.text or "").strip()
            if language:
                self._put(record, *language, text)
            elif text:
                value = plan(text)
                if value is UNFIT:
                    record.setdefault(RAW, {})[f"{name}.{len(items)}"] = text
                    value = None
                items.append(value)
            return
        if not self._says_something(element):
            return
        if (
            node.language is not None
            and not len(element)
            and any(is_language_attribute(str(n)) for n in element.attrib)
        ):
            # others of the name came without a language and made it an array
            language = self._attributes(element, node, record)
            if language:
                self._put(record, *language, element.text)
                return
        item = plan.build(element)
        text = (element.text or "").strip()
        if text:
            item[next((p for p in ("comment", "name", "text") if p in item or p in plan.own_names()), "text")] = text
        self._append(record, name, items, item)

    def _append(self, record: dict[str, Any], name: str, items: list[Any], item: dict[str, Any]) -> None:
        """Puts the item into its array; texts of it that do not fit go to the record, with their place in front."""
        if name in self.numbered:
            item["line_number"] = len(items) + 1
        if RAW in item:
            raw = item.pop(RAW)
            record.setdefault(RAW, {}).update({f"{name}.{len(items)}.{field}": text for field, text in raw.items()})
        items.append(item)

    def _attributes(self, element: etree._Element, node: Node, record: dict[str, Any]) -> tuple[str, Converter] | None:
        """Puts the attributes into the record; returns where the text goes if an attribute says its language."""
        language = None
        if len(element.attrib) > MOST_UNKNOWN:
            # lxml looks for each from the first on
            raise errors.too_many_fields(MOST_UNKNOWN)
        for name, value in element.items():
            if node.language is not None and is_language_attribute(str(name)):
                language = (f"{node.language}_{language_ending(str(value))}", to_string)
                continue
            if name not in node.attributes:
                node.attributes[str(name)] = self._attribute(node, str(name), str(value))
            target = node.attributes[str(name)]
            if target:
                self._put(record, *target, str(value))
        return language


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
        reserved: properties that somebody else fills; an unknown element of such a name gets another.

    Attributes:
        unknown: property -> how often a name was met that the schema does not know (counted once for each spelling).
        unfit: property -> how many values did not fit their type.
    """

    def __init__(
        self, schema: Mapping[str, Any], primary_key: Sequence[str] = (),
        fields: Mapping[str, str | Sequence[str]] | None = None, exclude: Sequence[str] = (), exclusive: bool = False,
        reserved: Sequence[str] = (),
    ) -> None:  # fmt: skip
        notes = Notes()
        self.unknown = notes.unknown
        self.unfit: Counter[str] = Counter()
        fields = fields or {}
        self._of_element = {name: place for name, place in fields.items() if place in ("#name", "#text")}
        # the schema lists the names that are known, since the casing tells where a name's words end, but not reliably
        self._known_names = {
            squash(example): example
            for name, place in self._of_element.items()
            if place == "#name"
            for example in schema.get("properties", {}).get(name, {}).get("examples", ())
        }
        self._plan = _Plan(
            schema.get("properties", {}), {name: place for name, place in fields.items() if name not in
            self._of_element},
            primary_key, exclusive, exclude, notes, reserved,
        )  # fmt: skip
        self._shape = Shape(self._plan)

    @property
    def names(self) -> ElementNames:
        """What the record's elements become."""
        return self._plan

    @property
    def takes_the_element(self) -> bool:
        """Whether a property is the record element's own name or text."""
        return bool(self._of_element)

    def build(self, row: Row) -> dict[str, Any]:
        """The record that the row is, without what the connector adds (business id, cursor)."""
        record = self._from_text(row) if isinstance(row, RecordText) else self._plan.build(row)
        for name, place in self._of_element.items():
            element = element_of(row)
            if place == "#name":
                tag = str(element.tag)
                text = self._known_names.get(squash(tag)) or snake_case(tag)
            else:
                text = (element.text or "").strip()
            record[name] = text or None
        raw = record.get(RAW)
        if raw:
            for name in raw:
                self.unfit[".".join(part for part in name.split(".") if not part.isdigit())] += 1
        return record

    def _from_text(self, row: RecordText) -> dict[str, Any]:
        try:
            return self._shape.build(row)
        except Unusual:
            record = self._plan.build(row.element)
            self._shape.learn(row)
            return record
