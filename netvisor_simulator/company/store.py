"""Documents of one kind: computed from their index, with what was added, changed or deleted since laid over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Generic, Protocol, TypeVar


class Document(Protocol):
    """What every document has."""

    @property
    def key(self) -> int:
        """Its Netvisor key, unique within its kind."""

    @property
    def created(self) -> datetime:
        """When it came into Netvisor."""

    @property
    def modified(self) -> datetime | None:
        """When it was modified last; None: never."""


D = TypeVar("D", bound=Document)

KEPT = 4096
"""Documents of a kind that are kept once they are computed; a company may have a million of them."""


class Store(Generic[D]):
    """The documents of one kind.

    Args:
        cycles: how many cycles there are; for registers such as customers: how many documents.
        build: the document of an index as it was at the start, or None where that index has none.
        first_key: the key of index 0.
        offsets: the keys of one cycle's documents, counted from the cycle's first key, rising.
        stride: how far apart the first keys of neighbouring cycles are.
        keys: where keys of added documents come from; kinds that share a space of keys share it too.
    """

    def __init__(
        self,
        cycles: int,
        build: Callable[[int], D | None],
        first_key: int,
        offsets: tuple[int, ...] = (0,),
        stride: int = 1,
        keys: Iterator[int] | None = None,
    ) -> None:
        self._cycles = cycles
        # documents are made of nothing but their index, and a small company is asked for all of them again and again
        self._build = lru_cache(maxsize=KEPT)(build)
        self._first_key = first_key
        self._offsets = offsets
        self._stride = stride
        self._keys = keys or count(first_key + cycles * stride)
        self._over: dict[int, D] = {}
        self.deleted: dict[int, tuple[D, datetime]] = {}
        """What was deleted, with the moment."""

    def key(self, index: int) -> int:
        """The Netvisor key of an index."""
        cycle, place = divmod(index, len(self._offsets))
        return self._first_key + cycle * self._stride + self._offsets[place]

    def index(self, key: int) -> int | None:
        """The index behind a key; None for a key that no index has."""
        cycle, offset = divmod(key - self._first_key, self._stride)
        if not 0 <= cycle < self._cycles or offset not in self._offsets:
            return None
        return cycle * len(self._offsets) + self._offsets.index(offset)

    def get(self, key: int) -> D | None:
        """The living document of a key."""
        if key in self._over:
            return self._over[key]
        return None if key in self.deleted else self.original(key)

    def original(self, key: int) -> D | None:
        """The document of a key as it was at the start, whatever became of it."""
        index = self.index(key)
        return None if index is None else self._build(index)

    def living(self, cycles: Iterable[int] | None = None) -> Iterator[D]:
        """The living documents by rising key.

        Args:
            cycles: only documents of these cycles (rising), and everything that was added or changed; None: all.
        """
        over = iter(sorted(self._over.items()))
        waiting = next(over, None)
        places = range(len(self._offsets))
        for cycle in range(self._cycles) if cycles is None else cycles:
            for place in places:
                if waiting or self.deleted:
                    key = self._first_key + cycle * self._stride + self._offsets[place]
                    while waiting and waiting[0] < key:
                        yield waiting[1]
                        waiting = next(over, None)
                    if key in self._over or key in self.deleted:
                        continue
                document = self._build(cycle * len(self._offsets) + place)
                if document is not None:
                    yield document
        while waiting:
            yield waiting[1]
            waiting = next(over, None)

    def new_key(self) -> int:
        """A key that was never used."""
        return next(self._keys)

    def put(self, document: D) -> None:
        """Lay a new or changed document over what was computed; a deleted one lives again, and stays in `deleted`."""
        self._over[document.key] = document

    def delete(self, key: int, moment: datetime) -> D:
        """Delete a living document.

        Raises:
            KeyError: there is none of that key.
        """
        document = self.get(key)
        if document is None:
            raise KeyError(key)
        self._over.pop(key, None)
        self.deleted[key] = (document, moment)
        return document
