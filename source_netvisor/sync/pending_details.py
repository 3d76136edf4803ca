"""Documents that a list has, and whose details are to be read."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.state.int_bitset import IntBitset
from source_netvisor.sync.listed import Listed

_NO_MONTH = -1


class PendingDetails:
    """Those of one details resource, in the order of their list.

    Args:
        endpoint: of the details.
        members: the streams that are made from them.
    """

    def __init__(self, endpoint: Endpoint, members: list[Reconciliation]) -> None:
        self.endpoint = endpoint
        self.members = members
        self._keys, self._fingerprints, self._months = array("q"), array("L"), array("l")
        self._all = IntBitset()
        self._wanted = {member.name: IntBitset() for member in members}
        self._turns = {
            member.name: Turn(endpoint.batch, member.stream.state.turn_key)
            for member in members
            if member.takes_turns and member.stream.state is not None
        }

    def add(self, listed: Listed, member: Reconciliation) -> None:
        """A stream wants the details of a listed document."""
        member.asked.add(listed.key)
        self._add(listed.key, listed.fingerprint, listed.month, member.name)

    def _add(self, key: int, fingerprint: int, month: int | None, name: str) -> None:
        if self._all.add(key):
            self._keys.append(key)
            self._fingerprints.append(fingerprint)
            self._months.append(_NO_MONTH if month is None else month)
        self._wanted[name].add(key)

    def offer(self, listed: Listed, member: Reconciliation) -> None:
        """A stream does not want the details of a listed document, unless it is its turn."""
        turn = self._turns.get(member.name)
        if turn is not None and listed.key not in member.handled and listed.key not in member.asked:
            turn.offer(listed.key, listed.fingerprint, listed.month)

    def take_turns(self) -> None:
        """One batch of the documents that nobody wants is read as well: of what neither row nor filter betrays."""
        for member in self.members:
            turn = self._turns.get(member.name)
            chosen = turn.chosen() if turn is not None else []
            for key, fingerprint, month in chosen:
                self._add(key, fingerprint, month, member.name)
                member.asked.add(key)
            if chosen:
                member.next_turn_key = chosen[-1][0]

    def __len__(self) -> int:
        return len(self._keys)

    def wants(self, member: Reconciliation, key: int) -> bool:
        """Whether a stream wants this document."""
        return key in self._wanted[member.name]

    def batches(self) -> Iterator[list[int]]:
        """The keys, as many at a time as the resource takes."""
        for start in range(0, len(self._keys), self.endpoint.batch):
            yield list(self._keys[start : start + self.endpoint.batch])

    def facts(self, position: int) -> tuple[int, int | None]:
        """Fingerprint and month of the document at this place of the order."""
        month = self._months[position]
        return self._fingerprints[position], None if month == _NO_MONTH else month


class Turn:
    """The documents whose turn it is: the next ones above a key, and from the lowest key on after the last.

    Args:
        size: how many.
        after: the key; None: none had a turn yet.
    """

    def __init__(self, size: int, after: int | None) -> None:
        self._size = size
        self._after = after
        self._above: list[tuple[int, int, int | None]] = []
        self._below: list[tuple[int, int, int | None]] = []

    def offer(self, key: int, fingerprint: int, month: int | None) -> None:
        """A document that may have its turn."""
        heap = self._below if self._after is not None and key <= self._after else self._above
        if len(heap) < self._size:
            heapq.heappush(heap, (-key, fingerprint, month))
        elif -key > heap[0][0]:
            heapq.heapreplace(heap, (-key, fingerprint, month))

    def chosen(self) -> list[tuple[int, int, int | None]]:
        """Those whose turn it is: key, fingerprint and month, in the order in which they come."""
        ordered = [*_ascending(self._above), *_ascending(self._below)]
        return ordered[: self._size]


def _ascending(heap: Iterable[tuple[int, int, int | None]]) -> list[tuple[int, int, int | None]]:
    return sorted((-negative, fingerprint, month) for negative, fingerprint, month in heap)
