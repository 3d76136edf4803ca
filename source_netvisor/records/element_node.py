"""What one element below a record becomes, and where its text goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_netvisor.records.values import Converter

if TYPE_CHECKING:
    from source_netvisor.records.element_names import ElementNames

Path = tuple[str, ...]
"""The names from a record to an element below it, in their normal form; an attribute's name begins with `@`."""
Field = tuple[str, Converter]
"""A property and the converter of its texts."""


class Target:
    """Where a text goes.

    Attributes:
        name: the property; None: the schema has none.
        convert: of the property.
        around: the names, in snake_case, of the elements around an element or attribute in its record.
        label: its own name in snake_case.
        rank: of several places in a record that fill one property, the lowest counts.
        mapped: the manifest names the place.
        notation: the attribute's value that says nothing, see notation.py.
        noted: the name is unknown, and the log has been given it.
    """

    __slots__ = ("around", "convert", "label", "mapped", "name", "notation", "noted", "rank")

    def __init__(
        self,
        name: str | None,
        convert: Converter,
        around: Path,
        label: str,
        rank: int = 0,
        mapped: bool = False,
        notation: str | None = None,
    ) -> None:
        self.name = name
        self.convert = convert
        self.around = around
        self.label = label
        self.rank = rank
        self.mapped = mapped
        self.notation = notation
        self.noted = False


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
