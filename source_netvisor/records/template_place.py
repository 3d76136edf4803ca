"""What a template knows of an element: where it stands, what is taken from it, and whether it may be missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from source_netvisor.parsing.record_text import TemplateMismatch
from source_netvisor.records.element_names import ElementNames
from source_netvisor.records.target import Target

MOST_PLACES = 500
"""Different elements inside one element of a template."""


class Attribute(NamedTuple):
    """An attribute of an element of the template.

    Args:
        name: as it is written.
        target: where its value goes; None: nowhere.
        literal: the only value that fits: one that says nothing but the notation.
        optional: it does not occur in every record.
    """

    name: str
    target: Target | None
    literal: str | None = None
    optional: bool = False

    def with_another(self, found: Attribute) -> Attribute:
        """What is known of it, with what it was in one more record."""
        if _where(self.target) != _where(found.target) or self.literal != found.literal:
            raise TemplateMismatch
        return self._replace(optional=self.optional or found.optional)


def _where(target: Target | None) -> Any:
    return target and (target.name, target.convert, target.around, target.label)


@dataclass(frozen=True)
class Place:
    """An element of the template.

    Args:
        tag: of the element.
        language: its attribute that says a language, as it is written; part of what the element is.
        attributes: those that occurred.
        target: where its text goes; None: nowhere.
        inner: the elements inside; empty: nothing; None: it has a text.
        array: property and names, where it is an item of an array.
        left_out: nothing of it goes anywhere, however often it follows itself.
        optional: it does not occur in every record.
        repeated: it may come several times in a row: nothing but items of arrays is taken from it.
    """

    tag: str
    language: str = ""
    attributes: tuple[Attribute, ...] = ()
    target: Target | None = None
    inner: tuple[Place, ...] | None = None
    array: tuple[str, ElementNames] | None = None
    left_out: bool = False
    optional: bool = False
    repeated: bool = False

    @property
    def only_wraps(self) -> bool:
        """Whether it has items of arrays inside, and nothing else that is taken."""
        return self.divided and all(p.array or p.left_out or p.only_wraps for p in self.inner or ())

    @property
    def divided(self) -> bool:
        """Whether it has arrays inside."""
        return any(place.array or place.divided for place in self.inner or ())

    @property
    def identity(self) -> tuple[str, str]:
        """Two places with the same one stand for the same element."""
        return self.tag, self.language

    def with_another(self, found: Place) -> Place:
        """What is known of the element, with what it was in one more record.

        Raises:
            TemplateMismatch: no template has both.
        """
        if (self.array is None) != (found.array is None) or self.left_out != found.left_out:
            raise TemplateMismatch
        kept = replace(
            self if found.inner == () else found,
            attributes=_united(self.attributes, found.attributes),
            optional=self.optional or found.optional,
            repeated=self.repeated or found.repeated,
        )
        if self.inner is not None and found.inner is not None:
            kept = replace(kept, inner=merged(self.inner, found.inner))
        elif () not in (self.inner, found.inner) and (
            _where(self.target) != _where(found.target) or self.inner != found.inner
        ):
            raise TemplateMismatch
        # else: it was empty once, and has a text otherwise
        if kept.repeated and not kept.only_wraps:
            raise TemplateMismatch
        return kept


def _united(known: Iterable[Attribute], found: Iterable[Attribute]) -> tuple[Attribute, ...]:
    before, now = {a.name: a for a in known}, {a.name: a for a in found}
    return tuple(
        before[name].with_another(now[name]) if name in before and name in now else attribute._replace(optional=True)
        for name, attribute in {**now, **before}.items()
    )


def merged(known: tuple[Place, ...], found: tuple[Place, ...]) -> tuple[Place, ...]:
    """What may stand inside an element, with what stood in it in one more record."""
    there = {place.identity for place in found}
    places = [replace(p, optional=p.optional or p.identity not in there) for p in known]
    at = 0
    for place in found:
        index = next((i for i, p in enumerate(places) if p.identity == place.identity), None)
        if index is None:
            places.insert(at, replace(place, optional=True))
            at += 1
        elif index >= at:
            places[index] = places[index].with_another(place)
            at = index + 1
        else:
            # where it stood elsewhere before, the later evidence counts
            places.insert(at - 1, places.pop(index).with_another(place))
    if len(places) > MOST_PLACES:
        raise TemplateMismatch
    return tuple(places)
