"""Whether two records get a property from the same place in a document, by the same rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from source_netvisor.records.element_names import ElementNames, Node
from source_netvisor.records.target import Field, Path
from source_netvisor.records.values import Converter


def property_filled_from(names: ElementNames, paths: Sequence[Path]) -> Field | None:
    """The property that texts at these places fill, with their converter; None: none, or texts of others too.

    It holds for the places that have been met so far.

    Args:
        names: of a record.
        paths: the record's own elements, or attributes of them.
    """
    for name, mapped in names.mapped.of.items():
        if mapped == tuple(paths):
            return name, names.mapped.texts[mapped[0]].convert
    path = paths[0]
    if len(paths) > 1 or path in names.mapped.texts or path[0] in names.exclude:
        return None
    if names.array_at(names.root, path[0]) or names.language_at(names.root, path[0]):
        return None
    if path[-1][:1] == "@":
        place, found = names.named.field_of_attribute(path[:-1], path[-1][1:])
    else:
        place, found = path, names.named.field(path)
    if len(place) > 1:
        return None
    if found is None or found[0] in names.contested or names.named.filled_by.get(found[0], place) != place:
        return None
    return found


def own_elements(names: ElementNames, paths: Iterable[Path]) -> list[Node]:
    """The record's own elements that these places are, or are attributes of, as far as they have been met."""
    wanted = {path[:1] for path in paths}
    return [node for node in names.root.children.values() if node.path in wanted]


def places_met(names: ElementNames) -> int:
    """A number that grows when a property gets its first place or its second, or an element its first name."""
    return names.named.met + len(names.root.children)


def same_names(one: ElementNames, other: ElementNames) -> bool:
    """Whether both make the same properties of the same elements, as far as the manifest maps none."""
    if one.mapped.of or other.mapped.of or one.exclude != other.exclude:
        return False
    if one.named.properties != other.named.properties or one.languages != other.languages:
        return False
    return one.arrays.keys() == other.arrays.keys() and all(
        name == other.arrays[key][0] and _same_items(items, other.arrays[key][1])
        for key, (name, items) in one.arrays.items()
    )


def _same_items(one: ElementNames | Converter, other: ElementNames | Converter) -> bool:
    if isinstance(one, ElementNames) and isinstance(other, ElementNames):
        return one.numbered == other.numbered and same_names(one, other)
    return one is other
