"""What an element or attribute of a reply is called in the record: worked out once, when it is first met.

The names come from the stream's JSON schema. An aggregate is flattened into its record, a repeated element is an array,
and what the schema does not know is kept under its own name, or with its aggregate's in front where it would meet
another's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from source_netvisor import errors
from source_netvisor.parsing.naming import (
    element_name,
    is_language_attribute,
    is_notation,
    plural,
    plurals,
    snake_case,
    squash,
)
from source_netvisor.records.values import Converter, converter_for, to_string

Path = tuple[str, ...]
RAW = "_netvisor_raw"
MOST_UNKNOWN = 2000
"""Names that the schema does not know, and attributes of one element."""
NOT_FROM_NETVISOR = frozenset({RAW, "business_id", "line_number", "_ab_modified_until", "_ab_cdc_deleted_at"})


class Restart(Exception):
    """A name was settled differently than this record began with: build it again."""


@dataclass
class Notes:
    """What is noted while the names of a record and of the items in it are settled.

    Args:
        unknown: property -> how often a name was met that the schema does not know.
        restarts: how often a name was settled anew, differently.
    """

    unknown: Counter[str] = field(default_factory=Counter)
    restarts: int = 0


class Node:
    """What one element below the record becomes.

    Attributes:
        path: the squashed names from the record to the element, both ends included.
        leaf: property and converter of its text; None: not worked out yet; `()`: nowhere.
        language: the property's name without the language, for a text that says its language.
        array: property of the array that the element is an item of, with the plan or the converter of its items.
        unknown: the schema does not know it.
        leaves: tag -> property and converter (None: text stays text) of the texts below it that are settled.
        aggregate: what comes in front of its name where that would meet another's.
    """

    __slots__ = (
        "aggregate",
        "array",
        "attributes",
        "children",
        "ignored",
        "item",
        "language",
        "leaf",
        "leaves",
        "path",
        "tag",
        "unknown",
    )

    def __init__(self, tag: str, path: Path) -> None:
        self.tag = tag
        self.path = path
        self.aggregate = "other_"
        self.children: dict[str, Node] = {}
        self.leaves: dict[str, tuple[str, Converter | None]] = {}
        self.attributes: dict[str, tuple[str, Converter] | None] = {}
        self.leaf: tuple[str, Converter] | tuple[()] | None = None
        self.language: str | None = None
        self.array: str | None = None
        self.item: ElementNames | Converter | None = None
        self.ignored = False
        self.unknown = False


class ElementNames:
    """How the elements of one kind of object become properties.

    Args:
        properties: the object's JSON schema properties.
        fields: property -> where it comes from, for those that the names do not tell (see `RecordBuilder`).
        own: properties that no aggregate's element may fill: the primary key.
        exclusive: take what `fields` names and nothing else.
        exclude: squashed names of elements that are left out with everything in them.
        notes: of the record.
        reserved: names that an unknown element must not take, besides those of `properties`.
    """

    def __init__(
        self,
        properties: Mapping[str, Mapping[str, Any]],
        fields: Mapping[str, str | Sequence[str]],
        own: Sequence[str],
        exclusive: bool,
        exclude: Sequence[str],
        notes: Notes,
        reserved: Sequence[str] = (),
    ) -> None:
        self.notes = notes
        self.exclusive = exclusive
        self.exclude = frozenset(map(squash, exclude))
        self.own = frozenset(own)
        self.taken = frozenset(map(squash, (*properties, *reserved)))
        self.scalars: dict[str, tuple[str, Converter]] = {}
        self.arrays: dict[str, tuple[str, ElementNames | Converter]] = {}
        self.array_names: list[str] = []
        self.numbered: set[str] = set()
        self.languages: dict[str, str] = {}
        self.mapped: dict[Path, tuple[str, Converter]] = {}
        self.mapped_languages: dict[Path, str] = {}
        self.mapped_arrays: dict[Path, str] = {}
        self.claims: dict[str, Path] = {}
        self.root = Node("", ())
        placed: set[str] = set()
        for name, places in fields.items():
            for place in [places] if isinstance(places, str) else places:
                path = tuple(("@" + squash(step[1:])) if step[:1] == "@" else squash(step) for step in place.split("/"))
                if name.endswith("_{language}"):
                    self.mapped_languages[path] = name.removesuffix("_{language}")
                elif "array" in properties.get(name, {}).get("type", ()):
                    self.mapped_arrays[path] = name
                else:
                    self.mapped[path] = (name, converter_for(properties.get(name, {})))
                    placed.add(name)
        for name, schema in properties.items():
            if name in NOT_FROM_NETVISOR or name in placed:
                continue
            if "array" in schema.get("type", ()):
                if not exclusive or name in fields:
                    self._add_array(name, schema.get("items", {}), exclude)
            elif not exclusive:
                self.scalars[squash(name)] = (name, converter_for(schema))
                if name[-3:] in ("_fi", "_en", "_sv"):
                    self.languages[squash(name[:-3])] = name[:-3]

    def _add_array(self, name: str, items: Mapping[str, Any], exclude: Sequence[str]) -> None:
        properties = items.get("properties")
        if properties is None:
            self.arrays[squash(name)] = (name, converter_for(items))
        else:
            self.arrays[squash(name)] = (name, type(self)(properties, {}, (), False, exclude, self.notes))
            if "line_number" in properties:
                self.numbered.add(name)
        self.array_names.append(name)

    def build(self, element: etree._Element) -> dict[str, Any]:
        """The object that an element is; for the items of arrays."""
        raise NotImplementedError

    def own_names(self) -> set[str]:
        """The names of the object's scalar properties."""
        return {name for name, _ in self.scalars.values()}

    def _resolve(self, parent: Node, tag: str, element: etree._Element) -> Node:
        name = element_name(tag)
        node = Node(tag, (*parent.path, name))
        node.aggregate = snake_case(parent.tag) + "_" if parent.path else "other_"
        node.unknown = parent.unknown
        if name in self.exclude:
            node.ignored = True
            return node
        if node.path in self.mapped_languages:
            node.language = self.mapped_languages[node.path]
        else:
            node.language = self._language(parent, name)
        if node.path in self.mapped:
            node.leaf = self.mapped[node.path]
            return node
        array = self._array(parent, name, element)
        if node.path in self.mapped_arrays:
            array = self.arrays[squash(self.mapped_arrays[node.path])]
        if array:
            node.array, node.item = array
        elif self.exclusive:
            node.leaf = ()
            node.ignored = not self._knows(node)
        elif not self._knows(node):
            node.unknown = True
            if (
                self._says_something(element)
                and next(element.itersiblings(tag), None) is not None
                and not self._only_wraps(node, element)
            ):
                self._make_unknown_array(node)
        return node

    def _undecided(self, parent: Node, tag: str, element: etree._Element) -> bool:
        """Whether an empty element may be an array's wrapper or its item: the next one that is not empty shows it."""
        if self._says_something(element):
            return False
        return any(name in self.arrays for name in self._candidates((*parent.path, squash(tag))))

    def _only_wraps(self, node: Node, element: etree._Element) -> bool:
        """Whether the element has nothing but items of known arrays: a wrapper, which may repeat (`InvoiceLine`)."""
        if element.attrib or not len(element):
            return False
        for child in element:
            if not isinstance(child.tag, str):
                continue
            name = squash(child.tag)
            below = Node(child.tag, (*node.path, name))
            if self._array(node, name, child) is None and not self._only_wraps(below, child):
                return False
        return True

    def _language(self, parent: Node, name: str) -> str | None:
        if name in self.languages:
            return self.languages[name]
        if name.startswith("foreign"):
            return self.languages.get(name[7:])
        if name == "translation" and parent.path and parent.path[-1].endswith("translations"):
            return self.languages.get(parent.path[-1][:-12])
        return None

    def _array(self, parent: Node, name: str, element: etree._Element) -> tuple[str, ElementNames | Converter] | None:
        for form in plurals(name):
            for depth in range(len(parent.path), -1, -1):
                found = self.arrays.get("".join(parent.path[len(parent.path) - depth :]) + form)
                if not found:
                    continue
                if form == name and any(name in plurals(squash(str(child.tag))) for child in element):
                    return None
                if form == name and not self._says_something(element):
                    return None
                if len(element) and not isinstance(found[1], ElementNames):
                    # texts have no elements inside: this is their wrapper
                    return None
                return found
        wrapped = self.arrays.get(parent.path[-1]) if parent.path else None
        return wrapped if wrapped and not isinstance(wrapped[1], ElementNames) else None

    @staticmethod
    def _says_something(element: etree._Element) -> bool:
        return bool(len(element) or element.attrib or (element.text or "").strip())

    def _candidates(self, path: Path) -> Iterator[str]:
        """The names that the last step of the path may have, longest first."""
        for start in range(len(path)):
            yield "".join(path[start:])

    def _knows(self, node: Node) -> bool:
        """Whether the schema, or a place named in the manifest, has something at or below the element."""
        if any(name in self.scalars for name in self._candidates(node.path)) or node.language is not None:
            return True
        mapped = (*self.mapped, *self.mapped_languages, *self.mapped_arrays)
        return any(path[: len(node.path)] == node.path for path in mapped)

    def _find(self, path: Path) -> tuple[str, Converter] | None:
        """The schema's property for a text at this path."""
        for name in self._candidates(path):
            found = self.scalars.get(name)
            if not found:
                continue
            if found[0] in self.own and len(path) > 1:
                continue
            claimed = self.claims.setdefault(found[0], path)
            if claimed == path or (claimed[-1] == path[-1] and len(claimed) == len(path) == 1):
                return found
            if len(path) < len(claimed) and name == path[-1]:
                # the record's own element wins over an aggregate's; the aggregate's node must look again
                self.claims[found[0]] = path
                self._forget(self.root, found[0])
                raise Restart
        return None

    def _forget(self, node: Node, name: str) -> None:
        node.leaves.clear()
        for below in node.children.values():
            if below.leaf and below.leaf[0] == name:
                below.leaf = None
            self._forget(below, name)

    def _leaf(self, node: Node) -> tuple[str, Converter] | tuple[()]:
        found = self._find(node.path)
        if found is None:
            node.unknown = True
            found = (self._free_name(snake_case(node.tag), node.path, node.aggregate), to_string)
            self._note(found[0])
        node.leaf = found
        return found

    def _free_name(self, name: str, path: Path, aggregate: str) -> str:
        """The unknown element's own name, or with the aggregate's in front where it would meet another's.

        A property of the schema that comes from elsewhere is another's too: its type and meaning are not this text's.
        """
        if squash(name) not in self.taken and self.claims.setdefault(name, path) == path:
            return name
        prefix = "other_" if name.startswith(aggregate) else aggregate
        return name if name.startswith(prefix) else self._free_name(prefix + name, path, aggregate)

    def _attribute(self, node: Node, name: str, value: str) -> tuple[str, Converter] | None:
        squashed = squash(name)
        mapped = self.mapped.get((*node.path, "@" + squashed))
        if mapped:
            return mapped
        if self.exclusive:
            return None
        if not node.path:
            found = self.scalars.get(squashed)
        else:
            joined = (*node.path[:-1], node.path[-1] + squashed)
            found = next((self.scalars[c] for c in self._candidates(joined) if c in self.scalars), None)
        if found:
            return found
        if is_notation(name, value) or (node.language is not None and is_language_attribute(name)):
            return None
        owner = snake_case(node.tag) + "_" if node.path else ""
        unknown = self._free_name(owner + snake_case(name), (*node.path, "@" + squashed), owner or "other_")
        self._note(unknown)
        return unknown, to_string

    def _make_unknown_array(self, node: Node) -> None:
        node.array = plural(snake_case(node.tag))
        node.item = type(self)({}, {}, (), False, (), self.notes)
        self._note(node.array)

    def _note(self, unknown: str) -> None:
        self.notes.unknown[unknown] += 1
        if len(self.notes.unknown) > MOST_UNKNOWN:
            raise errors.too_many_fields(MOST_UNKNOWN)
