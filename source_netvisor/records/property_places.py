"""The places in a document from which a record's properties are filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from source_netvisor.parsing.naming import normalize
from source_netvisor.records.target import Field, Path, Target
from source_netvisor.records.values import converter_for


class MappedPlaces:
    """The places that the manifest names, for properties that the names of elements do not tell.

    Args:
        properties: the object's JSON schema properties.
        fields: property -> its place, or several, the first that occurs counts (see `RecordBuilder`).

    Attributes:
        texts: place -> where its text goes.
        languages: place -> the property's name without the language.
        arrays: place -> property of the array whose item the element is.
        of: property -> its places, for those that are texts.
    """

    def __init__(self, properties: Mapping[str, Mapping[str, Any]], fields: Mapping[str, str | Sequence[str]]) -> None:
        self.texts: dict[Path, Target] = {}
        self.languages: dict[Path, str] = {}
        self.arrays: dict[Path, str] = {}
        self.of: dict[str, tuple[Path, ...]] = {}
        for name, places in fields.items():
            paths = [_path(place) for place in ([places] if isinstance(places, str) else places)]
            if name.endswith("_{language}"):
                self.languages.update(dict.fromkeys(paths, name.removesuffix("_{language}")))
            elif "array" in properties.get(name, {}).get("type", ()):
                self.arrays.update(dict.fromkeys(paths, name))
            else:
                convert = converter_for(properties.get(name, {}))
                self.of[name] = tuple(paths)
                for rank, path in enumerate(paths):
                    self.texts[path] = Target(name, convert, (), name, rank, mapped=True)
        known: tuple[Path, ...] = (*self.texts, *self.languages, *self.arrays)
        self._leading = frozenset(place[:end] for place in known for end in range(len(place) + 1))

    def lead(self, path: Path) -> bool:
        """Whether one of them is at or below the element."""
        return path in self._leading


def _path(place: str) -> Path:
    return tuple(("@" + normalize(step[1:])) if step[:1] == "@" else normalize(step) for step in place.split("/"))


class NamedPlaces:
    """The places that have a property's name, in their last step or in several together.

    Args:
        own: properties that only the object's own element fills: the primary key.
        contested: properties that are known to have several places.

    Attributes:
        properties: name in its normal form -> property and the converter of its texts.
        contested: properties that more than one place fills.
        filled_by: property -> the place that was met first.
    """

    def __init__(self, own: Sequence[str], contested: Sequence[str]) -> None:
        self.own = frozenset(own)
        self.contested = set(contested)
        self.properties: dict[str, Field] = {}
        self.filled_by: dict[str, Path] = {}

    def field(self, path: Path) -> Field | None:
        """The property for a text at this place."""
        for name in _candidates(path):
            found = self.properties.get(name)
            if found and not (found[0] in self.own and len(path) > 1):
                return found
        return None

    def field_of_attribute(self, element: Path, name: str) -> tuple[Path, Field | None]:
        """The place that an attribute counts as, and the property for its text.

        Args:
            element: the path to the attribute's element; empty: the object's own.
            name: of the attribute, in its normal form.
        """
        if not element:
            return ("@" + name,), self.properties.get(name)
        place = (*element[:-1], element[-1] + name)
        return place, self.field(place)

    def note_filled(self, name: str, path: Path) -> bool:
        """Notes that a place fills the property; whether it is contested from now on, so that each record is to tell
        which place counts."""
        if self.filled_by.setdefault(name, path) == path or name in self.contested:
            return False
        self.contested.add(name)
        return True

    @property
    def met(self) -> int:
        """A number that grows when a property gets its first place, or its second."""
        return len(self.filled_by) + len(self.contested)


def _candidates(path: Path) -> Iterator[str]:
    """The names that the last step of the path may have, longest first."""
    for start in range(len(path)):
        yield "".join(path[start:])
