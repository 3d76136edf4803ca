"""The objects of one kind from their elements: a record, or the items of an array in it."""

from __future__ import annotations

from typing import Any

from lxml import etree

from source_netvisor import errors
from source_netvisor.parsing.decoder import DEEPEST
from source_netvisor.parsing.naming import element_name, is_language_attribute, normalize
from source_netvisor.records.element_names import MOST_REMEMBERED, ElementNames, Node
from source_netvisor.records.raw_texts import RAW, keep_raw, lift_raw
from source_netvisor.records.target import Target
from source_netvisor.records.unknown_elements import (
    MOST_NAMES,
    TEXT,
    UNKNOWN,
    add_whole,
    lift_unknown,
    put_unknown,
)
from source_netvisor.records.values import Converter, Partly, to_string

CONTESTED = "#contested"
"""Where a record has the texts of properties that several places fill, until all of them are known."""


class ObjectBuilder(ElementNames):
    """Builds them.

    Attributes:
        takes_text: somebody else takes the text of the element itself.
    """

    takes_text = False

    def build(self, element: etree._Element) -> dict[str, Any]:
        """The object that the element is.

        Raises:
            NetvisorError: it is past a limit.
        """
        while True:
            contested = len(self.contested)
            record: dict[str, Any] = {}
            if element.keys():
                self._attributes(element, self.root, record)
            self._children(element, self.root, record, 0)
            if len(self.contested) == contested:
                break
            # two places were found to fill one property: each text of it is to be seen before one is taken
        if CONTESTED in record:
            self._settle(record)
        for name in self.array_names:
            if name not in record:
                record[name] = []
        return record

    def _children(self, element: etree._Element, node: Node, record: dict[str, Any], depth: int) -> None:
        if depth > DEEPEST:
            raise errors.record_too_deep(DEEPEST)
        children, leaves = node.children, node.leaves
        repeated: set[str] | None = None
        text = element.text
        if text is not None and text.strip():
            self._text_between(record, node, text, bool(len(element)))
        for child in element:
            tag, tail = child.tag, child.tail
            if tail is not None and tail.strip():
                self._text_between(record, node, tail, True)
            settled = leaves.get(tag)  # type: ignore[arg-type]
            if settled is not None:
                # nearly every element of nearly every reply goes this way
                text = child.text
                if text is not None and (text := text.strip()) and not len(child) and not child.keys():
                    name, conversion = settled
                    value = text if conversion is None else conversion(text)
                    if value.__class__ is Partly:
                        keep_raw(record, name, text)
                        value = value.value
                    if name in record:
                        self._again(record, name, value, text)
                    else:
                        record[name] = value
                    continue
            below = children.get(tag)  # type: ignore[arg-type]
            if below is None:
                if not isinstance(tag, str):
                    continue
                below = self.node(node, tag)
                if not below.leads and not _says_something(child):
                    continue
                if len(children) < MOST_REMEMBERED:
                    children[tag] = below
            if below.array is not None:
                if below.wrapper is None or not self.is_wrapper(below, child):
                    self._item(child, below, record)
                    continue
                below = below.wrapper
            if below.ignored:
                continue
            if not len(child):
                self._leaf(child, below, record, leaves)
            elif below.target is not None and below.target.name and self._is_markup(child, below):
                self._put_markup(child, below, record)
            else:
                if not below.leads:
                    if repeated is None:
                        repeated = _repeated_aggregates(element)
                    if below.path[-1] in repeated and not self._holds_items(child, below, depth):
                        self._put_whole(child, below, record, depth)
                        continue
                if child.keys():
                    self._attributes(child, below, record)
                self._children(child, below, record, depth + 1)

    def _leaf(
        self,
        child: etree._Element,
        node: Node,
        record: dict[str, Any],
        leaves: dict[str, tuple[str, Converter | None]],
    ) -> None:
        """An element without others inside."""
        target = node.target
        if child.keys():
            # `attrib` would make an object for every element
            target = self._attributes(child, node, record) or target
        if target is None:
            return
        if target is node.target and target.name and node.language is None and target.name not in self.contested:
            leaves[node.tag] = (target.name, None if target.convert is to_string else target.convert)
        self._put_at(record, target, child.text)

    def _put_at(self, record: dict[str, Any], target: Target, text: str | None) -> None:
        """Puts a text where it goes."""
        if target.name is None:
            text = (text or "").strip()
            if text:
                if not target.noted:
                    target.noted = True
                    self.note_unknown(target.around, target.label)
                put_unknown(record, target.around, target.label, text)
        elif target.name in self.contested:
            record.setdefault(CONTESTED, {}).setdefault(target.name, []).append((target, (text or "").strip()))
        else:
            self._put(record, target.name, target.convert, text)

    def _put(self, record: dict[str, Any], name: str, convert: Converter, text: str | None) -> None:
        text = (text or "").strip()
        value = convert(text) if text else None
        if value.__class__ is Partly:
            keep_raw(record, name, text)
            value = value.value
        if name in record:
            self._again(record, name, value, text)
        else:
            record[name] = value

    @staticmethod
    def _again(record: dict[str, Any], name: str, value: Any, text: str) -> None:
        """A second value for a field that the schema has once: the first stays, the other is kept beside it."""
        if record[name] is None:
            record[name] = value
        elif value is not None and value != record[name]:
            keep_raw(record, name, text)

    def _settle(self, record: dict[str, Any]) -> None:
        """Decides which of several places fills a property: the manifest's first, or the least deep, or the first."""
        for name, found in record.pop(CONTESTED).items():
            filled = [(target, text) for target, text in found if text]
            if not filled:
                record.setdefault(name, None)
                continue
            winner = min((target for target, _ in filled), key=lambda target: target.rank)
            place = winner.rank, winner.around, winner.label
            others = []
            for target, text in filled:
                if (target.rank, target.around, target.label) == place:
                    self._put(record, name, target.convert, text)
                else:
                    others.append((target, text))
            for target, text in others:
                if not target.mapped:
                    self._put_at(record, _unknown(target), text)
                elif not self.exclusive:
                    self._put(record, name, target.convert, text)

    def _text_between(self, record: dict[str, Any], node: Node, text: str, beside_elements: bool) -> None:
        """A text that stands between elements, where only elements should be."""
        if self.exclusive or (self.takes_text and not node.path):
            return
        if self.is_item and not node.path and not beside_elements:
            name = self.text_field(record)
            if name:
                self._put(record, name, to_string, text)
                return
        around, label = (node.names[:-1], node.names[-1]) if node.path else ((), TEXT)
        self.note_unknown(around, label)
        put_unknown(record, around, label, text.strip())

    def _is_markup(self, element: etree._Element, node: Node) -> bool:
        """Whether a field's element has text with markup in it, rather than elements of its own."""
        if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
            return True
        is_text = node.target is not None and node.target.convert is to_string
        return is_text and not self._leads_inside(element, node, 0)

    def _leads_inside(self, element: etree._Element, node: Node, depth: int) -> bool:
        """Whether there is something in the element that the schema knows."""
        return any(
            below.leads or self._leads_inside(child, below, depth + 1)
            for child, below in self._inside(element, node, depth)
        )

    def _holds_items(self, element: etree._Element, node: Node, depth: int) -> bool:
        """Whether there are items of known arrays in the element: a wrapper, which may repeat (`InvoiceLine`)."""
        return any(
            below.array is not None or self._holds_items(child, below, depth + 1)
            for child, below in self._inside(element, node, depth)
        )

    def _inside(self, element: etree._Element, node: Node, depth: int) -> list[tuple[etree._Element, Node]]:
        if depth > DEEPEST:
            raise errors.record_too_deep(DEEPEST)
        return [
            (child, node.children.get(child.tag) or self.node(node, child.tag))
            for child in element
            if isinstance(child.tag, str)
        ]

    def _put_markup(self, element: etree._Element, node: Node, record: dict[str, Any]) -> None:
        """The text without its markup; the raw text has it."""
        target = (self._attributes(element, node, record) if element.keys() else None) or node.target
        if target is None or target.name is None:
            return
        raw = (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)
        keep_raw(record, target.name, raw.strip())
        self._put_at(record, target, "".join(element.itertext()))

    def _put_whole(self, element: etree._Element, node: Node, record: dict[str, Any], depth: int) -> None:
        """An unknown element with others inside that repeats: nothing of it belongs to the record's own fields."""
        around, label = node.names[:-1], node.names[-1]
        if node.target is not None and not node.target.noted:
            node.target.noted = True
            self.note_unknown(around, label)
        found: dict[str, list[Any]] = {}
        add_whole(found, element, depth)
        for name, values in found.items():
            for value in values:
                put_unknown(record, around, name, value)

    def _item(self, element: etree._Element, node: Node, record: dict[str, Any]) -> None:
        name, plan = str(node.array), node.item
        items: list[Any] = record.setdefault(name, [])
        if not isinstance(plan, ElementNames):
            self._value(element, node, record, items, plan or to_string)
            return
        if not _says_something(element):
            return
        if node.language is not None and not len(element) and any(map(is_language_attribute, map(str, element.keys()))):
            # others of the name come without a language, and are items
            language = self._attributes(element, node, record)
            if language:
                self._put_at(record, language, element.text)
                return
        item = plan.build(element)
        if name in self.numbered:
            item["line_number"] = len(items) + 1
        if RAW in item:
            lift_raw(record, name, len(items), item)
        if UNKNOWN in item:
            lift_unknown(record, name, len(items), item)
        items.append(item)

    def _value(
        self, element: etree._Element, node: Node, record: dict[str, Any], items: list[Any], convert: Converter
    ) -> None:
        """An item that is a text."""
        name = str(node.array)
        language = self._attributes(element, node, record) if element.keys() else None
        text = (element.text or "").strip()
        if language:
            self._put_at(record, language, text)
        elif text:
            value = convert(text)
            if value.__class__ is Partly:
                keep_raw(record, f"{name}.{len(items)}", text)
                value = value.value
            items.append(value)

    def _attributes(self, element: etree._Element, node: Node, record: dict[str, Any]) -> Target | None:
        """Puts the attributes into the record; returns where the text goes if an attribute says its language."""
        language = None
        if len(element.attrib) > MOST_NAMES:
            # lxml looks for each from the first on
            raise errors.too_many_fields(MOST_NAMES)
        for name, value in element.items():
            name, value = str(name), str(value)
            if node.language is not None and is_language_attribute(name):
                language = self.language_target(node, value)
                continue
            target = node.attributes[name] if name in node.attributes else self.attribute(node, name)
            if target and (target.notation is None or normalize(value) != target.notation):
                self._put_at(record, target, value)
        return language


def _says_something(element: etree._Element) -> bool:
    return bool(len(element) or element.keys() or (element.text or "").strip())


def _repeated_aggregates(element: etree._Element) -> set[str]:
    """The names of the elements with others inside that an element has more than once."""
    met: set[str] = set()
    repeated: set[str] = set()
    for child in element:
        if len(child) and isinstance(child.tag, str):
            name = element_name(child.tag)
            (repeated if name in met else met).add(name)
    return repeated


def _unknown(target: Target) -> Target:
    """The same place, for a text that its property has no room for."""
    return Target(None, to_string, target.around, target.label)
