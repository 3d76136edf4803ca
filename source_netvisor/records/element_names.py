"""What an element or attribute of a reply is called in the record.

The names come from the stream's JSON schema and depend on nothing but where an element stands, never on the records
before it. An aggregate is flattened into its record, a repeated element is an array, and what the schema does not know
goes to `_netvisor_unknown`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from source_netvisor.parsing.naming import element_name, language_ending, normalize, plurals, snake_case
from source_netvisor.parsing.notation import notation
from source_netvisor.records.property_places import MappedPlaces, NamedPlaces
from source_netvisor.records.raw_texts import RAW
from source_netvisor.records.target import Path, Target
from source_netvisor.records.unknown_elements import TEXT, UNKNOWN
from source_netvisor.records.values import Converter, converter_for, to_date, to_date_time, to_string

MOST_REMEMBERED = 2000
"""Tags below one element whose names are remembered; only a reply of made-up names has more."""
MOST_NOTED = 2000
"""Unknown names that are remembered for the log."""
NOT_FROM_NETVISOR = frozenset({RAW, UNKNOWN, "business_id", "line_number", "_ab_modified_until", "_ab_cdc_deleted_at"})
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"  # ignore-https-check


class Node:
    """What one element below the record becomes.

    Attributes:
        path: the names from the record to the element in their normal form, both ends included.
        names: the same in snake_case.
        target: where its text goes; None: nowhere.
        language: the property's name without the language, for a text that says its language.
        array: property of the array that the element is an item of, with the names or the converter of its items.
        wrapper: what it becomes where it is the wrapper of the array instead; None: its name tells that it is an item.
        ignored: it is left out with everything in it.
        leaves: tag -> property and converter (None: text stays text) of the texts below it.
        leads: whether the schema or the manifest has something at or below the element.
    """

    __slots__ = (
        "array", "attributes", "children", "ignored", "item", "language", "leads", "leaves", "names", "path", "tag",
        "target", "wrapper",
    )  # fmt: skip

    def __init__(self, tag: str, path: Path, names: Path) -> None:
        self.tag = tag
        self.path = path
        self.names = names
        self.children: dict[str, Node] = {}
        self.leaves: dict[str, tuple[str, Converter | None]] = {}
        self.attributes: dict[str, Target | None] = {}
        self.target: Target | None = None
        self.language: str | None = None
        self.array: str | None = None
        self.item: ElementNames | Converter | None = None
        self.wrapper: Node | None = None
        self.ignored = False
        self.leads = True

    def forget_leaves(self) -> None:
        """Drops what is remembered of the texts below, and further below."""
        self.leaves.clear()
        for below in self.children.values():
            below.forget_leaves()
            if below.wrapper:
                below.wrapper.forget_leaves()


class ElementNames:
    """How the elements of one kind of object become properties.

    Args:
        properties: the object's JSON schema properties.
        fields: property -> where it comes from, for those that the names do not tell (see `RecordBuilder`).
        own: properties that no aggregate's element may fill: the primary key.
        exclusive: take what `fields` names and nothing else.
        exclude: names of elements that are left out with everything in them.
        unknown: counts the names that the schema does not know, as they are met first; None: nobody asks.
        place: of an array's items, what stands before their unknown names.

    Attributes:
        contested: properties that more than one place fills.
    """

    def __init__(
        self,
        properties: Mapping[str, Mapping[str, Any]],
        fields: Mapping[str, str | Sequence[str]],
        own: Sequence[str],
        exclusive: bool,
        exclude: Sequence[str],
        unknown: Counter[str],
        place: str = "",
    ) -> None:
        self.exclusive = exclusive
        self.exclude = frozenset(map(normalize, exclude))
        self.mapped = MappedPlaces(properties, fields)
        self.named = NamedPlaces(own, [name for name, paths in self.mapped.of.items() if len(paths) > 1])
        self.contested = self.named.contested
        self.arrays: dict[str, tuple[str, ElementNames | Converter]] = {}
        self.array_names: list[str] = []
        self.numbered: set[str] = set()
        self.languages: dict[str, str] = {}
        self.root = Node("", (), ())
        self.declared = frozenset(properties)
        self._unknown = unknown
        self._place = place
        self.is_item = bool(place)
        for name, schema in properties.items():
            if name in NOT_FROM_NETVISOR or name in self.mapped.of:
                continue
            if "array" in schema.get("type", ()):
                if not exclusive or name in fields:
                    self._add_array(name, schema.get("items", {}), exclude)
            elif not exclusive:
                self.named.properties[normalize(name)] = (name, converter_for(schema))
                if name[-3:] in ("_fi", "_en", "_sv"):
                    self.languages[normalize(name[:-3])] = name[:-3]

    def _add_array(self, name: str, items: Mapping[str, Any], exclude: Sequence[str]) -> None:
        properties = items.get("properties")
        if properties is None:
            self.arrays[normalize(name)] = (name, converter_for(items))
        else:
            place = f"{self._place}{name}."
            names = type(self)(properties, {}, (), False, exclude, self._unknown, place)
            self.arrays[normalize(name)] = (name, names)
            if "line_number" in properties:
                self.numbered.add(name)
        self.array_names.append(name)

    def build(self, element: etree._Element) -> dict[str, Any]:
        """The object that an element is; for the items of arrays."""
        raise NotImplementedError

    def node(self, parent: Node, tag: str) -> Node:
        """What an element becomes that has not been met below this one."""
        name = element_name(tag)
        node = Node(tag, (*parent.path, name), (*parent.names, snake_case(tag)))
        if name in self.exclude:
            node.ignored = True
            return node
        node.language = self.mapped.languages.get(node.path) or self.language_at(parent, name)
        if node.path in self.mapped.texts:
            node.target = self.mapped.texts[node.path]
            return node
        array = self.array_at(parent, name)
        if node.path in self.mapped.arrays:
            array = self.arrays[normalize(self.mapped.arrays[node.path])]
        node.leads = self.mapped.lead(node.path) or node.language is not None
        if not array:
            self._be_element(node)
            return node
        node.array, node.item = array
        node.leads = True
        if not isinstance(node.item, ElementNames) or normalize(node.array).endswith(name):
            node.wrapper = Node(tag, node.path, node.names)
            self._be_element(node.wrapper)
            node.wrapper.ignored, node.wrapper.leads = False, True
        return node

    def _be_element(self, node: Node) -> None:
        """What the element becomes that is no item of an array."""
        if self.exclusive:
            node.ignored = not node.leads
            return
        found = self.named.field(node.path)
        around, label = node.names[:-1], node.names[-1]
        if found:
            node.leads = True
            node.target = Target(*found, around, label, rank=len(node.path))
            self._note_filled(found[0], node.path)
        else:
            node.target = Target(None, to_string, around, label)

    def is_wrapper(self, node: Node, element: etree._Element) -> bool:
        """Whether this element is around the array that it has the name of."""
        if not isinstance(node.item, ElementNames):
            # texts have no elements inside
            return bool(len(element))
        if not len(element) and not (element.text or "").strip():
            return True
        return any(node.path[-1] in plurals(normalize(str(child.tag))) for child in element)

    def language_at(self, parent: Node, name: str) -> str | None:
        """The property, without its language, of a text below the parent that may say one; None: there is none."""
        if name in self.languages:
            return self.languages[name]
        if name.startswith("foreign"):
            return self.languages.get(name[7:])
        if name == "translation" and parent.path and parent.path[-1].endswith("translations"):
            return self.languages.get(parent.path[-1][:-12])
        return None

    def array_at(self, parent: Node, name: str) -> tuple[str, ElementNames | Converter] | None:
        """The array whose item, or wrapper, an element below the parent is; None: there is none."""
        if not self.arrays:
            return None
        for form in plurals(name):
            for depth in range(len(parent.path), -1, -1):
                found = self.arrays.get("".join(parent.path[len(parent.path) - depth :]) + form)
                if found:
                    return found
        wrapped = self.arrays.get(parent.path[-1]) if parent.path else None
        return wrapped if wrapped and not isinstance(wrapped[1], ElementNames) else None

    def _note_filled(self, name: str, path: Path) -> None:
        if self.named.note_filled(name, path):
            self.root.forget_leaves()

    def attribute(self, node: Node, name: str) -> Target | None:
        """Where an attribute goes that has not been met at this element; None: nowhere."""
        target = self._attribute(node, name)
        if len(node.attributes) < MOST_REMEMBERED:
            node.attributes[name] = target
        return target

    def _attribute(self, node: Node, name: str) -> Target | None:
        around: Path
        normal = normalize(name)
        mapped = self.mapped.texts.get((*node.path, "@" + normal))
        if mapped:
            return mapped
        if self.exclusive or name == _NIL:
            return None
        path, found = self.named.field_of_attribute(node.path, normal)
        if not node.path:
            around, label = (), snake_case(name)
        else:
            around, label = node.names[:-1], f"{node.names[-1]}_{snake_case(name)}"
        if found:
            self._note_filled(found[0], path)
            return Target(*found, around, label, rank=len(path))
        is_date = node.target is not None and node.target.convert in (to_date, to_date_time)
        says_nothing = notation(node.path[-1], normal, is_date) if node.path else None
        return Target(None, to_string, around, label, notation=says_nothing)

    def language_target(self, node: Node, value: str) -> Target:
        """Where a text goes that says its language."""
        ending = language_ending(value)
        name = f"{node.language}_{ending}"
        if ending and name in self.declared:
            return Target(name, to_string, node.names[:-1], name)
        return Target(None, to_string, node.names[:-1], name if ending else node.names[-1])

    def note_unknown(self, around: Path, label: str) -> None:
        """Notes an unknown name for the log."""
        shown = self._place + ".".join((*around, label))
        if shown not in self._unknown and len(self._unknown) < MOST_NOTED:
            self._unknown[shown] = 1

    def text_field(self, item: Mapping[str, Any]) -> str | None:
        """The property for the text of an array's item that has attributes only; None: the schema has none."""
        return next((n for n in ("comment", "name", TEXT) if n in self.declared and item.get(n) is None), None)
