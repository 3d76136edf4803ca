"""An XML element -> a typed record, driven by the stream's JSON schema (section "Records" of docs/streams.md).

The schema says names and types, so a stream needs no code. What an element or attribute becomes is worked out when it
is
first met and remembered in a tree of `_Node`s that mirrors the document; from then on a field costs two dictionary
look-ups
and its conversion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from source_netvisor.naming import (
    LANGUAGES,
    element_name,
    is_language_attribute,
    is_notation,
    plural,
    plurals,
    snake_case,
    squash,
)
from source_netvisor.values import UNFIT, Converter, converter_for, to_string

Path = tuple[str, ...]
RAW = "_netvisor_raw"
NOT_FROM_NETVISOR = frozenset({RAW, "business_id", "line_number", "_ab_modified_until", "_ab_cdc_deleted_at"})


class _Restart(Exception):
    """A name was settled differently than this record began with: build it again."""


class _Node:
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
        self.children: dict[str, _Node] = {}
        self.leaves: dict[str, tuple[str, Converter | None]] = {}
        self.attributes: dict[str, tuple[str, Converter] | None] = {}
        self.leaf: tuple[str, Converter] | tuple[()] | None = None
        self.language: str | None = None
        self.array: str | None = None
        self.item: _Plan | Converter | None = None
        self.ignored = False
        self.unknown = False


class _Plan:
    """How the elements of one kind of object become properties.

    Args:
        properties: the object's JSON schema properties.
        fields: property -> where it comes from, for those that the names do not tell (see `RecordBuilder`).
        own: properties that no aggregate's element may fill: the primary key.
        exclusive: take what `fields` names and nothing else.
        exclude: squashed names of elements that are left out with everything in them.
        notes: where unknown names are counted.
        reserved: names that an unknown element must not take, besides those of `properties`.
    """

    def __init__(
        self,
        properties: Mapping[str, Mapping[str, Any]],
        fields: Mapping[str, str | Sequence[str]],
        own: Sequence[str],
        exclusive: bool,
        exclude: Sequence[str],
        notes: Counter[str],
        reserved: Sequence[str] = (),
    ) -> None:
        self.notes = notes
        self.exclusive = exclusive
        self.exclude = frozenset(map(squash, exclude))
        self.own = frozenset(own)
        self.taken = frozenset(map(squash, (*properties, *reserved)))
        self.scalars: dict[str, tuple[str, Converter]] = {}
        self.arrays: dict[str, tuple[str, _Plan | Converter]] = {}
        self.array_names: list[str] = []
        self.numbered: set[str] = set()
        self.languages: dict[str, str] = {}
        self.mapped: dict[Path, tuple[str, Converter]] = {}
        self.mapped_languages: dict[Path, str] = {}
        self.mapped_arrays: dict[Path, str] = {}
        self.claims: dict[str, Path] = {}
        self.root = _Node("", ())
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
            self.arrays[squash(name)] = (name, _Plan(properties, {}, (), False, exclude, self.notes))
            if "line_number" in properties:
                self.numbered.add(name)
        self.array_names.append(name)

    # --- building -------------------------------------------------------------------------------------------------

    def build(self, element: etree._Element) -> dict[str, Any]:
        """The object that the element is."""
        while True:
            record: dict[str, Any] = {}
            try:
                if element.attrib:
                    self._attributes(element, self.root, record)
                self._children(element, self.root, record)
            except _Restart:
                continue
            for name in self.array_names:
                if name not in record:
                    record[name] = []
            return record

    def _children(self, element: etree._Element, node: _Node, record: dict[str, Any]) -> None:
        children, leaves = node.children, node.leaves
        met: set[str] | None = None
        for child in element:
            tag = child.tag
            settled = leaves.get(tag)  # type: ignore[arg-type]
            if settled is not None and not len(child) and not child.keys():
                # nearly every element of nearly every reply goes this way
                name, conversion = settled
                text = child.text
                if text is not None:
                    text = text.strip()
                value = None
                if text:
                    value = text if conversion is None else conversion(text)
                    if value is UNFIT:
                        record.setdefault(RAW, {})[name] = text
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
            record.setdefault(RAW, {})[name] = text
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
            record.setdefault(RAW, {})[name] = text

    def _once(self, node: _Node, met: set[str] | None, element: etree._Element) -> set[str]:
        """Notes an unknown element; where it repeats, it is an array from now on."""
        met = set() if met is None else met
        if node.tag in met and not self._only_wraps(node, element):
            self._make_unknown_array(node)
            raise _Restart
        met.add(node.tag)
        return met

    def _item(self, element: etree._Element, node: _Node, record: dict[str, Any]) -> None:
        name = node.array
        assert name is not None and node.item is not None
        items: list[Any] = record.setdefault(name, [])
        if not isinstance(node.item, _Plan):
            language = self._attributes(element, node, record) if element.attrib else None
            text = (element.text or "").strip()
            if language:
                self._put(record, *language, text)
            elif text:
                value = node.item(text)
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
        item = node.item.build(element)
        if not len(element) and (element.text or "").strip():
            item[next((p for p in ("comment", "name", "text") if p in item or p in node.item.own_names()), "text")] = (
                element.text or ""
            ).strip()
        if name in self.numbered:
            item["line_number"] = len(items) + 1
        raw = item.pop(RAW, None)
        if raw:
            record.setdefault(RAW, {}).update({f"{name}.{len(items)}.{field}": text for field, text in raw.items()})
        items.append(item)

    def own_names(self) -> set[str]:
        """The names of the object's scalar properties."""
        return {name for name, _ in self.scalars.values()}

    def _attributes(self, element: etree._Element, node: _Node, record: dict[str, Any]) -> tuple[str, Converter] | None:
        """Puts the attributes into the record; returns where the text goes if an attribute says its language."""
        language = None
        for name, value in element.items():
            if node.language is not None and is_language_attribute(str(name)):
                suffix = LANGUAGES.get(str(value).strip().lower(), squash(str(value)))
                language = (f"{node.language}_{suffix}", to_string)
                continue
            if name not in node.attributes:
                node.attributes[str(name)] = self._attribute(node, str(name), str(value))
            target = node.attributes[str(name)]
            if target:
                self._put(record, *target, str(value))
        return language

    # --- settling names, once for each element or attribute -------------------------------------------------------

    def _resolve(self, parent: _Node, tag: str, element: etree._Element) -> _Node:
        name = element_name(tag)
        node = _Node(tag, (*parent.path, name))
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

    def _undecided(self, parent: _Node, tag: str, element: etree._Element) -> bool:
        """Whether an empty element may be an array's wrapper or its item: the next one that is not empty shows it."""
        if self._says_something(element):
            return False
        return any(name in self.arrays for name in self._candidates((*parent.path, squash(tag))))

    def _only_wraps(self, node: _Node, element: etree._Element) -> bool:
        """Whether the element has nothing but items of known arrays: a wrapper, which may repeat (`InvoiceLine`)."""
        if element.attrib or not len(element):
            return False
        for child in element:
            if not isinstance(child.tag, str):
                continue
            name = squash(child.tag)
            below = _Node(child.tag, (*node.path, name))
            if self._array(node, name, child) is None and not self._only_wraps(below, child):
                return False
        return True

    def _language(self, parent: _Node, name: str) -> str | None:
        if name in self.languages:
            return self.languages[name]
        if name.startswith("foreign"):
            return self.languages.get(name[7:])
        if name == "translation" and parent.path and parent.path[-1].endswith("translations"):
            return self.languages.get(parent.path[-1][:-12])
        return None

    def _array(self, parent: _Node, name: str, element: etree._Element) -> tuple[str, _Plan | Converter] | None:
        for form in plurals(name):
            for depth in range(len(parent.path), -1, -1):
                found = self.arrays.get("".join(parent.path[len(parent.path) - depth :]) + form)
                if not found:
                    continue
                if form == name and any(name in plurals(squash(str(child.tag))) for child in element):
                    return None
                if form == name and not self._says_something(element):
                    return None
                if len(element) and not isinstance(found[1], _Plan):
                    # texts have no elements inside: this is their wrapper
                    return None
                return found
        wrapped = self.arrays.get(parent.path[-1]) if parent.path else None
        return wrapped if wrapped and not isinstance(wrapped[1], _Plan) else None

    @staticmethod
    def _says_something(element: etree._Element) -> bool:
        return bool(len(element) or element.attrib or (element.text or "").strip())

    def _candidates(self, path: Path) -> Iterator[str]:
        """The names that the last step of the path may have, longest first."""
        for start in range(len(path)):
            yield "".join(path[start:])

    def _knows(self, node: _Node) -> bool:
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
                raise _Restart
        return None

    def _forget(self, node: _Node, name: str) -> None:
        node.leaves.clear()
        for below in node.children.values():
            if below.leaf and below.leaf[0] == name:
                below.leaf = None
            self._forget(below, name)

    def _leaf(self, node: _Node) -> tuple[str, Converter] | tuple[()]:
        found = self._find(node.path)
        if found is None:
            node.unknown = True
            found = (self._free_name(snake_case(node.tag), node.path, node.aggregate), to_string)
            self.notes[found[0]] += 1
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

    def _attribute(self, node: _Node, name: str, value: str) -> tuple[str, Converter] | None:
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
        self.notes[unknown] += 1
        return unknown, to_string

    def _make_unknown_array(self, node: _Node) -> None:
        node.array = plural(snake_case(node.tag))
        node.item = _Plan({}, {}, (), False, (), self.notes)
        self.notes[node.array] += 1


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
        self.unknown: Counter[str] = Counter()
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
            primary_key, exclusive, exclude, self.unknown, reserved,
        )  # fmt: skip

    def build(self, element: etree._Element) -> dict[str, Any]:
        """The record that the element is, without what the connector adds (business id, cursor)."""
        record = self._plan.build(element)
        for name, place in self._of_element.items():
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
