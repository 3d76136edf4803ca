"""Records built from their text by shape: what one record was like tells how the next one is read, without a tree.

What an element becomes is settled on elements (`records.py`, `element_names.py`). The records of a large reply are
nearly all alike, so the elements that one record had, in their order, are put into a shape, with the properties that
their texts go to; the next record that fits it is read by a function made for the shape (`shape_reader.py`), in a
fraction of the time. A record that does not fit is built from its element, and the shape learns from it: what a record
lacked is optional from then on. What is anything but plain (a name twice, a text that does not fit its type, single
quotes) never fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from lxml import etree

from source_netvisor.parsing.naming import is_language_attribute, language_ending, squash
from source_netvisor.parsing.record_text import RecordText, Unusual
from source_netvisor.records import shape_reader
from source_netvisor.records.element_names import ElementNames, Node
from source_netvisor.records.values import Converter, to_string

FIRST_LESSONS = 20
"""Records that a shape learns from, those included that teach it nothing: a lesson may cost as much as to build a
hundred records from their elements."""
HITS_FOR_A_LESSON = 100
"""Records that were read by the shape, for which it may learn from one more."""
LINES = ""
"""The property of the lines; no element's name becomes empty."""

_NO_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")

Target = tuple[str, Converter]
"""A property and the converter of its texts."""


class Attribute(NamedTuple):
    """An attribute of an element of the shape; `target` is None where it is left out."""

    name: str
    target: Target | None
    optional: bool = False


@dataclass(frozen=True)
class Place:
    """An element of the shape.

    Args:
        tag: of the element.
        language: its attribute that says a language, as it is written; part of what the element is.
        attributes: those that occurred.
        target: where its text goes; None: nowhere.
        inner: the elements inside; None: it has a text.
        array: property and names, where it is an item of an array.
        ignored: it is left out with all that it has, however often it comes.
        optional: it does not occur in every record.
        repeated: it may come several times in a row, with nothing but items of arrays inside.
    """

    tag: str
    language: str = ""
    attributes: tuple[Attribute, ...] = ()
    target: Target | None = None
    inner: tuple[Place, ...] | None = None
    array: tuple[str, ElementNames] | None = None
    ignored: bool = False
    optional: bool = False
    repeated: bool = False

    @property
    def only_wraps(self) -> bool:
        """Whether it has items of arrays inside, and nothing else."""
        return bool(self.inner) and all(place.array or place.only_wraps for place in self.inner or ())

    @property
    def divided(self) -> bool:
        """Whether it has arrays inside."""
        return any(place.array or place.divided for place in self.inner or ())

    def is_same(self, other: Place) -> bool:
        """Whether both stand for the same element."""
        return (self.tag, self.language) == (other.tag, other.language)

    def with_another(self, found: Place) -> Place:
        """What is known of the element, with what it was in one more record.

        Raises:
            Unusual: no shape has both.
        """
        if self.ignored and found.ignored:
            return self
        if (self.array is None) != (found.array is None) or self.ignored != found.ignored:
            raise Unusual
        kept = replace(
            self if found.inner == () else found,
            attributes=_united(self.attributes, found.attributes),
            optional=self.optional or found.optional,
            repeated=self.repeated or found.repeated,
        )
        if self.inner is not None and found.inner is not None:
            return replace(kept, inner=_merged(self.inner, found.inner))
        if () in (self.inner, found.inner):
            # it was empty once, and has a text otherwise
            return kept
        if self.target != found.target or self.inner != found.inner:
            raise Unusual
        return kept


def _united(known: Iterable[Attribute], found: Iterable[Attribute]) -> tuple[Attribute, ...]:
    before, now = {a.name: a for a in known}, {a.name: a for a in found}
    return tuple(
        attribute._replace(optional=attribute.optional or name not in before or name not in now)
        for name, attribute in {**now, **before}.items()
    )


def _merged(known: tuple[Place, ...], found: tuple[Place, ...]) -> tuple[Place, ...]:
    """What may stand inside an element, with what stood in it in one more record."""
    places = [replace(p, optional=p.optional or not any(p.is_same(f) for f in found)) for p in known]
    at = 0
    for place in found:
        index = next((i for i, p in enumerate(places) if p.is_same(place)), None)
        if index is None:
            places.insert(at, replace(place, optional=True))
            at += 1
        elif index >= at:
            places[index] = places[index].with_another(place)
            at = index + 1
        else:
            # where it stood elsewhere before, the later evidence counts
            places.insert(at - 1, places.pop(index).with_another(place))
    return tuple(places)


class Shape:
    """The usual shape of the records of one kind.

    Args:
        names: what their elements become.
        lines: the squashed name of elements that are not read as the names say, but become an array of objects under
            the property `LINES`, however deep they are, and what their elements become.
    """

    def __init__(self, names: ElementNames, lines: tuple[str, ElementNames] | None = None) -> None:
        self._names = names
        self._lines = lines
        self._restarts = (0, 0)
        self._lessons = 0
        self._hits = 0
        self._space = shape_reader.SPACES[0]
        self._root: Place | None = None
        self._readers: tuple[shape_reader.Reader, shape_reader.Reader] | None = None

    def build(self, record: RecordText) -> dict[str, Any]:
        """The object that the text is.

        Raises:
            Unusual: it must be built from its element.
        """
        if self._readers is None or self._restarts != self._restarts_now():
            raise Unusual
        text = record.text
        if self._space != shape_reader.SPACES[0] and "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "/>" in text:
            text = _opened(text)
        careful = "&" in text
        if careful and _NO_REFERENCE.search(text):
            raise Unusual
        try:
            built, end = self._readers[careful](text)
        except ValueError:
            # `-` or `1-2` where a number should be
            raise Unusual from None
        if end != len(text):
            raise Unusual
        self._hits += 1
        return built

    def _restarts_now(self) -> tuple[int, int]:
        return self._names.notes.restarts, self._lines[1].notes.restarts if self._lines else 0

    def learn(self, record: RecordText) -> None:
        """Makes the shape fit a record that was just built from its element."""
        if self._restarts != self._restarts_now():
            self._restarts = self._restarts_now()
            self._root = self._readers = None
        if self._lessons >= FIRST_LESSONS + self._hits // HITS_FOR_A_LESSON:
            return
        self._lessons += 1
        with suppress(Unusual):
            found = _record(record.element, self._names, self._lines)
            known = self._root if self._root is not None and self._root.is_same(found) else None
            root = known.with_another(found) if known else found
            before = self._root, self._space, self._readers
            for space in shape_reader.SPACES[shape_reader.SPACES.index(self._space) :]:
                self._root, self._space = root, space
                self._readers = shape_reader.readers(root, self._names, space)
                with suppress(Unusual):
                    self.build(record)
                    return
            # it has a text that never fits, and would fit no better next time
            self._root, self._space, self._readers = before


def _opened(text: str) -> str:
    """The text with `<Name></Name>` in place of each `<Name/>`."""
    *parts, rest = text.split("/>")
    opened = []
    for part in parts:
        begin = part.rfind("<")
        tag = part[begin + 1 :]
        if ">" in tag or not tag.strip():
            raise Unusual
        opened += [part[:begin], "<", tag.rstrip(), "></", tag.split(None, 1)[0], ">"]
    return "".join((*opened, rest))


def _record(element: etree._Element, names: ElementNames, lines: tuple[str, ElementNames] | None = None) -> Place:
    """A record, or an item of an array, as the shape of itself.

    Raises:
        Unusual: no shape is like it.
    """
    place = _noted(Place(str(element.tag)), element, names.root)
    return replace(place, inner=_inner(element, names.root, names, lines))


def _inner(
    element: etree._Element, node: Node | None, names: ElementNames, lines: tuple[str, ElementNames] | None = None
) -> tuple[Place, ...]:
    """What stands inside an element; `node`: what it becomes, None: nothing but the lines in it is taken."""
    places: list[Place] = []
    for child in element:
        if lines and squash(str(child.tag)) == lines[0]:
            place = _item(child, LINES, lines[1])
        elif lines and any(squash(str(below.tag)) == lines[0] for below in child.iterdescendants()):
            place = _around_lines(child, node, names, lines)
        elif node is None:
            place = Place(str(child.tag), ignored=True)
        else:
            place = _place(child, node, names)
        index = next((i for i, p in enumerate(places) if p.is_same(place)), None)
        if index is None:
            places.append(place)
        elif index == len(places) - 1 and (place.array or place.ignored or place.only_wraps):
            both = places[index].with_another(place)
            places[index] = replace(both, repeated=not (both.array or both.ignored))
        else:
            raise Unusual
    return tuple(places)


def _item(element: etree._Element, name: str, names: ElementNames) -> Place:
    if not len(element):
        raise Unusual
    return replace(_record(element, names), array=(name, names))


def _around_lines(
    child: etree._Element, node: Node | None, names: ElementNames, lines: tuple[str, ElementNames]
) -> Place:
    """An element with lines somewhere inside."""
    below = node.children.get(str(child.tag)) if node else None
    if below is not None and below.array is not None:
        raise Unusual
    place = Place(str(child.tag), attributes=tuple(Attribute(str(name), None) for name in child.keys()))  # noqa: SIM118
    if below is not None and below.ignored:
        below = None
    elif below is not None:
        place = _noted(Place(str(child.tag)), child, below)
    return replace(place, inner=_inner(child, below, names, lines))


def _place(child: etree._Element, node: Node, names: ElementNames) -> Place:
    tag = str(child.tag)
    below = node.children.get(tag)
    empty = not len(child) and not (child.text or "").strip()
    if below is None:
        if not empty or child.keys():
            raise Unusual
        return Place(tag, inner=())
    if below.ignored:
        return Place(tag, ignored=True)
    if below.array is not None:
        if not isinstance(below.item, ElementNames):
            raise Unusual
        return _item(child, below.array, below.item)
    place = _noted(Place(tag), child, below)
    if len(child):
        if below.path[-1] in names.scalars or below.path in names.mapped:
            raise Unusual
        return replace(place, inner=_inner(child, below, names))
    if place.language:
        value = place.language.partition('"')[2][:-1]
        return replace(place, target=(f"{below.language}_{language_ending(value)}", to_string))
    if below.leaf is not None:
        return replace(place, target=below.leaf or None)
    if not empty:
        raise Unusual
    return replace(place, inner=())


def _noted(place: Place, element: etree._Element, node: Node) -> Place:
    """The place with the element's attributes."""
    language, attributes = "", []
    for name, value in element.items():
        if node.language is not None and is_language_attribute(str(name)):
            if language:
                raise Unusual
            language = f'{name}="{value}"'
        elif name not in node.attributes:
            raise Unusual
        else:
            attributes.append(Attribute(str(name), node.attributes[str(name)]))
    return replace(place, language=language, attributes=tuple(attributes))
