"""Records built from their text by a template: what one record was like tells how the next one is read, without a tree.

What an element becomes is settled on elements (object_builder.py, element_names.py). The records of a large reply are
nearly all alike, so the elements that one record had, in their order, are put into a template, with the properties that
their texts go to; the next record that fits it is read by a function made for the template (template_reader.py), in a
fraction of the time. A record that does not fit is built from its element, and is the template's next sample: what a
record lacked is optional from then on.

A template consumes every character of a record by something that a sample had at that place: an element that was empty
in every sample fits as long as it is empty, one that no sample had never fits, and what is left out is left out with
the elements that the samples had in it. What is anything but plain (a field twice, a text that does not fit its type,
single quotes) never fits.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from lxml import etree

from source_netvisor.parsing.naming import is_language_attribute, normalize
from source_netvisor.parsing.record_text import RecordText, TemplateMismatch
from source_netvisor.records import template_reader
from source_netvisor.records.element_names import ElementNames, Node
from source_netvisor.records.target import Target
from source_netvisor.records.template_place import MOST_PLACES, Attribute, Place

FIRST_SAMPLES = 20
"""Records that a template learns from, those included that teach it nothing: a sample may cost as much as to build a
hundred records from their elements."""
HITS_FOR_A_SAMPLE = 100
"""Records that were read by the template, for which it may learn from one more."""
LINES = ""
"""The property of the lines; no element's name becomes empty."""

_NAMED_REFERENCES = ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;")
_NUMBERED_REFERENCE = re.compile(r"&#(?:[0-9]+|x[0-9a-fA-F]+);")


class RecordTemplate:
    """The template of the records of one kind.

    Args:
        names: what their elements become.
        lines: the name of elements that are not read as the names say, but become an array of objects under the
            property `LINES`, however deep they are, and what their elements become.
    """

    def __init__(self, names: ElementNames, lines: tuple[str, ElementNames] | None = None) -> None:
        self._names = names
        self._lines = lines
        self._samples = 0
        self._hits = 0
        self._space = template_reader.SPACES[0]
        self._root: Place | None = None
        self._readers: template_reader.Readers | None = None
        # elements that close themselves take a while to look for, and a reply has some in each record or in none
        self._opens = False

    def build(self, record: RecordText) -> dict[str, Any]:
        """The object that the text is.

        Raises:
            TemplateMismatch: it must be built from its element.
        """
        text = record.raw.decode()
        if self._space != template_reader.SPACES[0] and "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        try:
            if self._opens and "/>" in text:
                text = _opened(text)
            careful = "&" in text
            if careful:
                text, careful = _without_ampersands(text)
            if self._readers is None or (careful and not _has_references_only(text)):
                raise TemplateMismatch
            built, end = self._readers[careful](text)
            if end != len(text):
                raise TemplateMismatch
        except TemplateMismatch:
            if self._opens or "/>" not in text:
                raise
            self._opens = True
            return self.build(record)
        except ValueError:
            # `-` or `1-2` where a number should be
            raise TemplateMismatch from None
        self._hits += 1
        return built

    def learn(self, record: RecordText) -> bool:
        """Takes a record that was just built from its element as a sample; whether the template has changed."""
        if self._samples >= FIRST_SAMPLES + self._hits // HITS_FOR_A_SAMPLE:
            return False
        self._samples += 1
        with suppress(TemplateMismatch):
            found = _record(record.element, self._names, self._lines)
            known = self._root if self._root is not None and self._root.identity == found.identity else None
            root = known.with_another(found) if known else found
            before = self._root, self._space, self._readers
            for space in template_reader.SPACES[template_reader.SPACES.index(self._space) :]:
                self._root, self._space = root, space
                self._readers = template_reader.Readers(root, self._names, space)
                with suppress(TemplateMismatch):
                    self.build(record)
                    return True
            # it has a text that never fits, and would fit no better next time
            self._root, self._space, self._readers = before
        return False


def _without_ampersands(text: str) -> tuple[str, bool]:
    """The text with `&` for each `&amp;`, which most references are, and no markup comes of it; the same text where
    there are other references too, or something else that begins with `&`, which the second value says."""
    parts, done, at = [], 0, text.find("&")
    while at >= 0:
        if not text.startswith("&amp;", at):
            return text, True
        parts.append(text[done : at + 1])
        done = at + len("&amp;")
        at = text.find("&", done)
    parts.append(text[done:])
    return "".join(parts), False


def _has_references_only(text: str) -> bool:
    """Whether each `&` begins a reference that needs no document type."""
    at = text.find("&")
    while at >= 0:
        if not text.startswith(_NAMED_REFERENCES, at) and not _NUMBERED_REFERENCE.match(text, at):
            return False
        at = text.find("&", at + 1)
    return True


def _opened(text: str) -> str:
    """The text with `<Name></Name>` in place of each `<Name/>`."""
    *parts, rest = text.split("/>")
    opened = []
    for part in parts:
        begin = part.rfind("<")
        tag = part[begin + 1 :]
        if ">" in tag or not tag.strip():
            raise TemplateMismatch
        opened += [part[:begin], "<", tag.rstrip(), "></", tag.split(None, 1)[0], ">"]
    return "".join((*opened, rest))


def _record(element: etree._Element, names: ElementNames, lines: tuple[str, ElementNames] | None = None) -> Place:
    """A record, or an item of an array, as the template of itself.

    Raises:
        TemplateMismatch: no template is like it.
    """
    place = _noted(Place(str(element.tag)), element, names.root)
    return replace(place, inner=_inner(element, names.root, names, lines))


def _inner(
    element: etree._Element, node: Node | None, names: ElementNames, lines: tuple[str, ElementNames] | None = None
) -> tuple[Place, ...]:
    """What stands inside an element; `node`: what it becomes, None: nothing but the lines in it is taken."""
    places: dict[tuple[str, str], Place] = {}
    last = None
    for child in element:
        if lines and normalize(str(child.tag)) == lines[0]:
            place = _item(child, LINES, lines[1])
        elif lines and any(normalize(str(below.tag)) == lines[0] for below in child.iterdescendants()):
            place = _around_lines(child, node, names, lines)
        elif node is None:
            place = _left_out(child)
        else:
            place = _place(child, node, names)
        known = places.get(place.identity)
        if known is None:
            places[place.identity] = place
        elif place.identity == last and (place.array or place.left_out or place.only_wraps):
            both = known.with_another(place)
            places[place.identity] = replace(both, repeated=not (both.array or both.left_out))
        else:
            raise TemplateMismatch
        last = place.identity
        if len(places) > MOST_PLACES:
            raise TemplateMismatch
    return tuple(places.values())


def _item(element: etree._Element, name: str, names: ElementNames) -> Place:
    if not len(element):
        raise TemplateMismatch
    return replace(_record(element, names), array=(name, names))


def _left_out(element: etree._Element) -> Place:
    """An element of which nothing is taken: no template leaves out more than what a sample had inside."""
    attributes = tuple(Attribute(str(name), None) for name in element.keys())  # noqa: SIM118
    place = Place(str(element.tag), attributes=attributes, left_out=True)
    inner: dict[tuple[str, str], Place] = {}
    last = None
    for child in element:
        found = _left_out(child)
        if found.identity in inner and found.identity != last:
            raise TemplateMismatch
        last = found.identity
        inner[last] = inner[last].with_another(found) if last in inner else found
        if len(inner) > MOST_PLACES:
            raise TemplateMismatch
    has_text = not len(element) and (element.text or "").strip()
    return replace(place, inner=None if has_text else tuple(inner.values()))


def _around_lines(
    child: etree._Element, node: Node | None, names: ElementNames, lines: tuple[str, ElementNames]
) -> Place:
    """An element with lines somewhere inside."""
    below = node.children.get(str(child.tag)) if node else None
    if below is not None and (below.array is not None or (below.target is not None and below.target.name)):
        raise TemplateMismatch
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
            raise TemplateMismatch
        return Place(tag, inner=())
    if below.array is not None:
        if below.wrapper is None or not names.is_wrapper(below, child):
            if not isinstance(below.item, ElementNames) or below.language is not None:
                raise TemplateMismatch
            return _item(child, below.array, below.item)
        below = below.wrapper
    if below.ignored:
        return _left_out(child)
    place = _noted(Place(tag), child, below)
    target = below.target
    if len(child):
        if target is not None and target.name:
            # text with markup, or elements in place of a text
            raise TemplateMismatch
        return replace(place, inner=_inner(child, below, names))
    if place.language:
        target = names.language_target(below, place.language.partition('"')[2][:-1])
    if target is not None and target.name is None and empty:
        return replace(place, inner=())
    return replace(place, target=target)


def _noted(place: Place, element: etree._Element, node: Node) -> Place:
    """The place with the element's attributes."""
    language, attributes = "", []
    for name, value in element.items():
        name, value = str(name), str(value)
        if node.language is not None and is_language_attribute(name):
            if language:
                raise TemplateMismatch
            language = f'{name}="{value}"'
        elif name not in node.attributes:
            raise TemplateMismatch
        else:
            attributes.append(_attribute(name, value, node.attributes[name]))
    return replace(place, language=language, attributes=tuple(attributes))


def _attribute(name: str, value: str, target: Target | None) -> Attribute:
    if target is None or target.notation is None:
        return Attribute(name, target)
    if normalize(value) != target.notation:
        # a value that says something, of an attribute that mostly does not
        raise TemplateMismatch
    return Attribute(name, None, literal=value)
