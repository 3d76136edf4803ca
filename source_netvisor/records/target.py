"""Where a text of a document goes."""

from __future__ import annotations

from source_netvisor.records.values import Converter

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
