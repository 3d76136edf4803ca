"""Records built from their text by shape: a regular expression finds all the texts of a record at once.

What an element becomes is settled on elements (`records.py`, `element_names.py`). The records of a large reply are
nearly all alike, so the elements that one record had, in their order, are put into a shape, with the properties that
their texts go to; the next record that fits it is built without a tree, in a fraction of the time. A record that does
not fit is built from its element, and its shape is added: whatever a record may lack is optional. What is anything but
plain (a name twice, a text that does not fit its type, single quotes) never fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from source_netvisor import decoder
from source_netvisor.element_names import ElementNames, Node
from source_netvisor.naming import is_language_attribute, language_ending
from source_netvisor.record_text import RecordText, Unusual
from source_netvisor.values import UNFIT, Converter, to_integer, to_number, to_string

MOST_LESSONS = 100
"""Records that a shape learns from, those included that teach it nothing; each costs a new expression."""
MOST_VALUES = 5000
"""Texts remembered with their values for each property."""

_SPACE = (r"\r?\n? *", r"\s*")
"""Between elements: the usual line end and indent, which are found faster, or any."""
_TEXT = r"\s*([^\s<][^<\r]*|)"
_VALUE = r"\s*([^\s<&][^<&\r]*|)"
_INTEGER = r"(-?[0-9]{0,18})"
_NUMBER = r"([-+0-9.,]{0,40})"
_ATTRIBUTE = r'[^"<&\t\r\n]*'
_NO_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")
_CLOSED = re.compile(r"<([^<>\s/]+)([^<>]*?)\s*/>")


@dataclass
class _Place:
    """An element of the shape.

    Args:
        tag: of the element.
        language: its attribute that says a language, as it is written; part of what the element is.
        attributes: name -> property and converter of those that occurred; None: left out.
        target: property and converter of its text.
        inner: the elements inside; None: it has a text.
        array: property and shape, where it is an item of an array.
        ignored: it is left out with all that it has, however often it comes.
    """

    tag: str
    language: str = ""
    attributes: dict[str, tuple[str, Converter] | None] = field(default_factory=dict)
    target: tuple[str, Converter] | None = None
    inner: list[_Place] | None = None
    array: tuple[str, Shape] | None = None
    ignored: bool = False

    @property
    def divided(self) -> bool:
        """Whether it has arrays inside."""
        return any(place.array or place.divided for place in self.inner or ())


class Shape:
    """The usual shape of the objects of one kind.

    Args:
        names: what their elements become.
    """

    def __init__(self, names: ElementNames) -> None:
        self._names = names
        self._restarts = 0
        self._lessons = 0
        self._space = _SPACE[0]
        self._closing = False
        self._root: _Place | None = None
        self._reading: _Reading | None = None

    def build(self, record: RecordText) -> dict[str, Any]:
        """The object that the text is.

        Raises:
            Unusual: it must be built from its element.
        """
        text = record.text
        if self._closing and "/>" in text:
            text = _CLOSED.sub(r"<\1\2></\1>", text)
        careful = "&" in text
        if careful and _NO_REFERENCE.search(text):
            raise Unusual
        built: dict[str, Any] = {}
        try:
            if self.reading.read(text, 0, careful, built) != len(text):
                raise Unusual
        except (Unusual, ValueError):
            # ValueError: `-` or `1-2` where a number should be
            if self._closing or "/>" not in text:
                raise Unusual from None
            # elements that close themselves occur in this reply, and the shape has none
            self._closing = True
            return self.build(record)
        return built

    @property
    def reading(self) -> _Reading:
        """What reads objects of this shape.

        Raises:
            Unusual: nothing is known of it, or no longer.
        """
        if self._reading is None or self._restarts != self._names.restarts:
            raise Unusual
        return self._reading

    def learn(self, record: RecordText) -> None:
        """Makes the shape fit a record that was just built from its element."""
        for space in _SPACE[_SPACE.index(self._space) :]:
            self._learn(record.element, space)
            with suppress(Unusual):
                self.build(record)
                return

    def _learn(self, element: etree._Element, space: str) -> None:
        if self._restarts != self._names.restarts:
            self._restarts = self._names.restarts
            self._root = self._reading = None
        if self._lessons >= MOST_LESSONS:
            return
        self._lessons += 1
        before = self._root or _Place(str(element.tag), inner=[])
        inner = list(before.inner or ())
        root = replace(before, attributes=dict(before.attributes), inner=inner)
        try:
            if root.tag != element.tag:
                raise Unusual
            self._note_attributes(root, element, self._names.root)
            self._merge(inner, element, self._names.root, space)
            if root != self._root or space != self._space:
                self._root, self._space, self._reading = root, space, _Reading(root, self._names, space)
        except Unusual:
            return

    def _merge(self, places: list[_Place], element: etree._Element, node: Node, space: str) -> None:
        """Puts what is inside an element among the places, in its order."""
        at = 0
        for child in element:
            found = self._place(child, node, space)
            known = next((i for i, p in enumerate(places) if (p.tag, p.language) == (found.tag, found.language)), None)
            if known is None:
                places.insert(at, found)
                at += 1
            elif known != at - 1 or not (found.array or found.ignored):
                place = places.pop(known)
                # where it stood elsewhere before, the later evidence counts
                at -= known < at
                places.insert(at, self._both(place, found, child, node, space))
                at += 1

    def _both(self, place: _Place, found: _Place, child: etree._Element, node: Node, space: str) -> _Place:
        """What is known of an element, with what was found now."""
        if place.inner == [] and not place.attributes:
            # it was empty so far
            return found
        if (place.inner is None) != (found.inner is None) or (place.array is None) != (found.array is None):
            raise Unusual
        place = replace(place, attributes={**place.attributes, **found.attributes})
        if place.inner is not None and len(child):
            place.inner = list(place.inner)
            self._merge(place.inner, child, node.children[str(child.tag)], space)
        return place

    def _place(self, child: etree._Element, node: Node, space: str) -> _Place:
        """The element on its own."""
        tag = str(child.tag)
        below = node.children.get(tag)
        empty = not len(child) and not (child.text or "").strip()
        place = _Place(tag)
        if below is None:
            if not empty or child.keys():
                raise Unusual
            return replace(place, inner=[])
        if below.ignored:
            return replace(place, ignored=True)
        if below.array is not None:
            return replace(place, array=(below.array, self._items(child, below, space)))
        self._note_attributes(place, child, below)
        if len(child):
            if below.path[-1] in self._names.scalars or below.path in self._names.mapped:
                raise Unusual
            place.inner = []
            self._merge(place.inner, child, below, space)
        elif place.language:
            value = place.language.partition('"')[2][:-1]
            place.target = (f"{below.language}_{language_ending(value)}", to_string)
        elif below.leaf is not None:
            place.target = below.leaf or None
        elif empty:
            place.inner = []
        else:
            raise Unusual
        return place

    def _items(self, child: etree._Element, node: Node, space: str) -> Shape:
        """The shape of an array's items, with one more of them."""
        if not isinstance(node.item, ElementNames) or not len(child):
            raise Unusual
        shape: Shape = node.shape or Shape(node.item)
        node.shape = shape
        shape._learn(child, space)
        return shape

    @staticmethod
    def _note_attributes(place: _Place, element: etree._Element, node: Node) -> None:
        for name, value in element.items():
            if node.language is not None and is_language_attribute(str(name)):
                if place.language:
                    raise Unusual
                place.language = f'{name}="{value}"'
            elif name not in node.attributes:
                raise Unusual
            else:
                place.attributes[str(name)] = node.attributes[str(name)]


class _Reading:
    """A shape as something that reads: expressions for what has no arrays inside, and what stands between them.

    Args:
        root: the object's element, or one that is flattened into it.
        names: of the object; None for a flattened element.
        space: expression for what stands between elements.
    """

    def __init__(self, root: _Place, names: ElementNames | None, space: str) -> None:
        self.arrays = tuple(names.array_names) if names else ()
        self.numbered = names.numbered if names else frozenset()
        self._space = space
        self._steps: list[_Fields | _Items | _Optional] = []
        fields = _Fields(space)
        fields.begin(root)
        self._add(root.inner or (), fields, root.tag)
        filled = self.filled()
        if len(set(filled)) < len(filled):
            # a second value for a property is not told by the shape
            raise Unusual

    def _add(self, places: Iterable[_Place], fields: _Fields, closing: str) -> None:
        """Adds the steps for these places to what `fields` begins with."""
        for place in places:
            if not place.array and not place.divided:
                fields.add(place)
                continue
            self._steps.append(fields.compiled())
            self._steps.append(_Items(place.tag, *place.array) if place.array else _Optional(place, self._space))
            fields = _Fields(self._space)
        fields.end(closing)
        self._steps.append(fields.compiled())

    def filled(self) -> list[str]:
        """The properties that it may fill."""
        return [name for step in self._steps for name in step.filled()]

    def read(self, text: str, at: int, careful: bool, built: dict[str, Any]) -> int:
        """Reads an object.

        Args:
            text: without elements that close themselves.
            at: where the object begins in it.
            careful: whether there may be references in the text.
            built: the properties are put here.

        Returns:
            Where what follows the object begins.

        Raises:
            Unusual, ValueError: it has another shape.
        """
        for step in self._steps:
            at = step.read(text, at, careful, built)
        for name in self.arrays:
            if name not in built:
                built[name] = []
            elif name in self.numbered:
                for number, item in enumerate(built[name], 1):
                    item["line_number"] = number
        return at


class _Optional:
    """An element that is flattened into its object and has arrays inside."""

    def __init__(self, place: _Place, space: str) -> None:
        self._opening = (f"<{place.tag}>", f"<{place.tag} ")
        self._inside = _Reading(place, None, space)

    def filled(self) -> list[str]:
        """As `_Reading.filled`."""
        return self._inside.filled()

    def read(self, text: str, at: int, careful: bool, built: dict[str, Any]) -> int:
        """As `_Reading.read`, if it is there."""
        return self._inside.read(text, at, careful, built) if text.startswith(self._opening, at) else at


class _Items:
    """The items of an array."""

    def __init__(self, tag: str, name: str, shape: Shape) -> None:
        self._opening = (f"<{tag}>", f"<{tag} ")
        self._name = name
        self._shape = shape

    def filled(self) -> list[str]:
        """As `_Reading.filled`."""
        return [self._name]

    def read(self, text: str, at: int, careful: bool, built: dict[str, Any]) -> int:
        """As `_Reading.read`, for each of them."""
        opening = self._opening
        if not text.startswith(opening, at):
            return at
        read = self._shape.reading.read
        items = built[self._name] = []
        while text.startswith(opening, at):
            item: dict[str, Any] = {}
            at = read(text, at, careful, item)
            items.append(item)
        return at


class _Fields:
    """Elements that follow each other, none of them with an array inside.

    Args:
        space: expression for what stands between elements.
    """

    def __init__(self, space: str) -> None:
        self._space = space
        self._pattern = ""
        self._names: list[str] = []
        self._converters: list[Callable[[str], Any]] = []
        self._careful: list[Callable[[str], Any]] = []

    def begin(self, root: _Place) -> None:
        """The object's own opening tag comes first; an object without anything in it is not usual."""
        self._pattern = rf"\s*{self._opening(root)}(?!\s*</){self._space}"

    def add(self, place: _Place) -> None:
        """One more element."""
        self._pattern += self._element(place)

    def end(self, tag: str) -> None:
        """The closing tag comes last."""
        self._pattern += f"</{re.escape(tag)}>{self._space}"

    def compiled(self) -> _Fields:
        """The same, ready to read."""
        self._match = re.compile(self._pattern).match
        return self

    def filled(self) -> list[str]:
        """As `_Reading.filled`."""
        return self._names

    def read(self, text: str, at: int, careful: bool, built: dict[str, Any]) -> int:
        """As `_Reading.read`."""
        match = self._match(text, at)
        if match is None:
            raise Unusual
        converters = self._careful if careful else self._converters
        for name, convert, found in zip(self._names, converters, match.groups(), strict=True):
            if found is not None:
                built[name] = convert(found) if found else None
        return match.end()

    def _element(self, place: _Place) -> str:
        tag = re.escape(place.tag)
        if place.ignored:
            return rf"(?:<{tag}(?:\s[^<>]*)?>[^<]*(?:<(?!/{tag}>)[^<]*)*</{tag}>{self._space})*"
        opening = self._opening(place)
        if place.inner is not None:
            inside = self._space + "".join(map(self._element, place.inner))
        elif place.target is None:
            inside = r"[^<]*"
        else:
            inside = self._text(*place.target)
        return rf"(?:{opening}{inside}</{tag}>{self._space}|)"

    def _opening(self, place: _Place) -> str:
        """The opening tag."""
        language = " " + re.escape(place.language) if place.language else ""
        attributes = ""
        for name, target in place.attributes.items():
            value = _ATTRIBUTE
            if target is not None:
                value = f"({value})"
                self._take(target[0], _Values(target[1]).__getitem__)
            attributes += rf'(?: {re.escape(name)}="{value}")?'
        return rf"<{re.escape(place.tag)}{language}{attributes}>"

    def _text(self, name: str, convert: Converter) -> str:
        if convert is to_string:
            self._take(name, str.strip, _plain)
            return _TEXT
        if convert is to_integer:
            self._take(name, int)
            return _INTEGER
        if convert is to_number:
            self._take(name, _number)
            return _NUMBER
        self._take(name, _Values(convert).__getitem__)
        return _VALUE

    def _take(self, name: str, convert: Callable[[str], Any], careful: Callable[[str], Any] | None = None) -> None:
        self._names.append(name)
        self._converters.append(convert)
        self._careful.append(careful or convert)


class _Values(dict[str, Any]):
    """Text -> value of one type, worked out once."""

    def __init__(self, convert: Converter) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, raw: str) -> Any:
        text = raw.strip()
        value = self._convert(text) if text else None
        if value is UNFIT:
            raise Unusual
        if len(self) >= MOST_VALUES:
            self.clear()
        self[raw] = value
        return value


def _number(text: str) -> float:
    """A number that the expression found to be a plain one."""
    return float(text.replace(",", "."))


def _plain(raw: str) -> str | None:
    """A text as the parser would give it, without the space around it."""
    if "&" in raw:
        if "&#" in raw:
            raw = etree.fromstring(f"<Text>{raw}</Text>".encode(), decoder.safe_parser()).text or ""
        else:
            for reference, character in _REFERENCES:
                raw = raw.replace(reference, character)
    return raw.strip() or None


_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
