"""Documents of every resource of the manifest, made from the schemas of the streams that are built from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.records.element_names import NOT_FROM_NETVISOR
from unit_tests.reading import definitions


@dataclass
class Element:
    """An element of a document."""

    tag: str
    children: list[Element] = field(default_factory=list)
    text: str = ""
    attributes: str = ""
    closes_itself: bool = False

    def xml(self, between: str) -> str:
        """The element as text, with `between` between its elements."""
        if self.closes_itself and not self.children and not self.text:
            return f"<{self.tag}{self.attributes}/>"
        inside = self.text + "".join(between + child.xml(between) for child in self.children)
        return f"<{self.tag}{self.attributes}>{inside}{between if self.children else ''}</{self.tag}>"

    def copy(self) -> Element:
        """The same with copies of its elements."""
        return Element(self.tag, [c.copy() for c in self.children], self.text, self.attributes, self.closes_itself)

    def below(self) -> list[Element]:
        """The element and all inside it."""
        return [self, *(below for child in self.children for below in child.below())]

    def each(self, change: Callable[[Element], None]) -> None:
        """Changes the element and all inside it."""
        for element in self.below():
            change(element)

    def at(self, path: list[str]) -> Element:
        """The element at the path, which is made where it is missing."""
        if not path:
            return self
        found = next((child for child in self.children if child.tag.lower() == path[0].lower()), None)
        if found is None:
            found = Element(path[0])
            self.children.append(found)
        return found.at(path[1:])


@cache
def sources() -> dict[str, list[StreamDefinition]]:
    """The streams by the resource that their records are in."""
    found: dict[str, list[StreamDefinition]] = {}
    for definition in definitions().values():
        found.setdefault(f"{definition.source.resource} {definition.source.record[0]}", []).append(definition)
    return found


def pascal(name: str) -> str:
    """`voucher_line` -> `VoucherLine`."""
    return "".join(word.capitalize() for word in name.split("_"))


def singular(name: str) -> str:
    """`histories` -> `history`."""
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def value(schema: Mapping[str, Any], number: int) -> str:
    """A text of the type."""
    kinds = str(schema.get("type"))
    if "date-time" in str(schema.get("format")):
        return f"2026-01-{number % 27 + 1:02d} 12:00:00"
    if "date" in str(schema.get("format")):
        return f"{number % 27 + 1}.1.2026"
    if "integer" in kinds:
        return str(100 + number)
    if "number" in kinds:
        return f"{number},50"
    return str(number % 2) if "boolean" in kinds else f"Text &amp; {number}" if number % 5 == 0 else f"Text {number}"


def fill(element: Element, properties: Mapping[str, Any], fields: Mapping[str, Any], number: int) -> None:
    """Puts the elements of the properties into an element."""
    for name, schema in properties.items():
        if name in NOT_FROM_NETVISOR or "{" in name:
            continue
        places = fields.get(name)
        place = (places if isinstance(places, str) else places[0]) if places else pascal(name)
        if place.startswith("#"):
            continue
        if "array" in schema.get("type", ()):
            tag = place if places else pascal(singular(name))
            last = tag.rpartition("/")[2]
            # a document inside a document would make the whole reply be parsed
            if last.lower() != element.tag.lower() and not {last.lower(), pascal(name).lower()} & {
                below.tag.lower() for below in element.below()[1:]
            }:
                add_items(element, tag, name, schema, number)
            continue
        *path, last = place.split("/")
        if not places and pascal(name).lower() in taken(element):
            continue
        at = element.at(path)
        if last.startswith("@"):
            if f" {last[1:]}=" not in at.attributes:
                at.attributes += f' {last[1:]}="{value(schema, number).replace("&amp; ", "")}"'
        elif at.at([last]).text == "":
            at.at([last]).text = value(schema, number)


def taken(element: Element) -> set[str]:
    """The names that attributes, and elements in others, stand for already, in lower case."""
    attributes = {
        (name if one is element else one.tag + name).lower()
        for one in (element, *element.children)
        for name in re.findall(r" (\w+)=", one.attributes)
    }
    return attributes | {(outer.tag + inner.tag).lower() for outer in element.children for inner in outer.children}


def add_items(element: Element, tag: str, name: str, schema: Mapping[str, Any], number: int) -> None:
    """Puts the items of an array into an element; the wrapper of some of them too."""
    items = schema.get("items", {})
    found = []
    *path, tag = tag.split("/")
    element = element.at(path)
    for index in range(number % 3):
        item = Element(tag)
        if "properties" in items:
            fill(item, items["properties"], {}, number + index)
        else:
            item.text = value(items, number + index)
        found.append(item)
    if len(name) % 2:
        element.children.append(Element(pascal(name) if pascal(name) != tag else f"{tag}List", found))
    else:
        element.children += found


def document(streams: list[StreamDefinition], number: int) -> Element:
    """One document with what each of the streams takes from it."""
    element = Element(streams[0].source.record[0])
    # what the manifest places in attributes comes first, so that no element stands for the same
    for stream in sorted(streams, key=lambda stream: stream.lines is None):
        properties = stream.schema["properties"]
        if stream.lines is None:
            fill(element, properties, stream.fields, number)
            continue
        parent = stream.lines.parent
        fill(element, {name: properties.get(name, {}) for name in parent}, parent, number)
        tag = stream.lines.element
        own = {name: schema for name, schema in properties.items() if name not in parent}
        if tag == "*":
            element.children += [Element(f"Purpose{n}", text=str(3000 + n)) for n in range(3)]
        elif tag.endswith("/*"):
            lines = [Element(f"Line{n}") for n in range(number % 3)]
            for index, line in enumerate(lines):
                fill(line, own, stream.fields, number + index)
            element.at([tag.removesuffix("/*")]).children += lines
        elif not any(below.tag.lower() == tag.lower() for below in element.below()[1:]):
            lines = [Element(tag) for _ in range(number % 3)]
            for index, line in enumerate(lines):
                fill(line, own, stream.fields, number + index)
            element.children.append(Element(f"{tag}s", lines))
    return element
