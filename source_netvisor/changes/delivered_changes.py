"""What documents that are about to be sent change in the keys that the destination holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.streams.held_documents import Document


class LostLines(NamedTuple):
    """A document that has fewer lines than the destination: those that are gone, and those that live."""

    document: int
    gone: list[int]
    living: list[int]


def put_documents(held: Sequence[Document], delivered: DeliveredKeys) -> bool:
    """Puts documents of a stream without lines among the delivered ones; whether that changes them.

    Args:
        held: about to be sent; deleted ones are left alone.
        delivered: what the destination holds.
    """
    changed = False
    moments = delivered.lines_of(document.key for document in held if document.lines)
    for document in held:
        unknown = document.key not in delivered.documents
        if not document.deleted and (unknown or list(moments.get(document.key, ())) != document.lines):
            delivered.put(document.key, document.lines)
            changed = True
    return changed


def put_lines(
    held: Sequence[Document], delivered: DeliveredKeys, earlier: DeliveredKeys | None
) -> tuple[bool, list[LostLines]]:
    """Puts documents among the delivered ones with their lines and, until these are deleted, those that are gone.

    Args:
        held: about to be sent; a document may come twice.
        delivered: what the destination holds.
        earlier: what it held before a repeated first read.

    Returns:
        Whether that changes what is delivered; and the documents that lost lines.
    """
    before = delivered.lines_of(document.key for document in held)
    if earlier is not None:
        for key, lines in earlier.lines_of(document.key for document in held).items():
            before[key] = tuple(dict.fromkeys((*before.get(key, ()), *lines)))
    changed = False
    now: dict[int, list[int]] = {}
    for document in held:
        key, living = document.key, document.lines
        if key in now:
            living = sorted({*living, *now[key]})
        now[key] = living
        known = before.get(key, ())
        union = sorted({*living, *known}) if known else living
        if key not in delivered.documents or union != sorted(known):
            delivered.put(key, union)
            changed = True
    gone = ((key, sorted(set(lines) - set(now[key]))) for key, lines in before.items())
    return changed, [LostLines(key, lines, now[key]) for key, lines in gone if lines]
