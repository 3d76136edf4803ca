"""How many documents the lists of a group lead to: counted where a list has been read, and guessed where it has not."""

from __future__ import annotations

from collections import Counter

STEP = 500
"""Documents after which it is said again how many records there will be; before, whenever they have doubled."""


class DocumentCounts:
    """The documents of each details resource of a group."""

    def __init__(self) -> None:
        self._wanted: Counter[str] = Counter()
        self._read: Counter[str] = Counter()
        self._said: Counter[str] = Counter()
        self._lists: Counter[str] = Counter()
        self._lists_in_all: dict[str, int] = {}

    def list_read(self, resource: str, lists: int) -> None:
        """A list has been read, one of so many, that leads to these details; its documents are `listed` besides."""
        self._lists[resource] += 1
        self._lists_in_all[resource] = max(lists, self._lists[resource])

    def listed(self, resource: str, documents: int) -> None:
        """A list has so many documents."""
        self._wanted[resource] += documents

    def read(self, resource: str, documents: int) -> bool:
        """So many documents have been read; whether it is time to say what there will be."""
        done = self._read[resource] = self._read[resource] + documents
        said = self._said[resource]
        is_time = done >= 2 * said or done // STEP > said // STEP or done == self._wanted[resource]
        if is_time:
            self._said[resource] = done
        return is_time

    def unseen(self, resource: str) -> int:
        """Documents that the lists which have not been read may have: as many each as the others."""
        lists, in_all = self._lists[resource], self._lists_in_all.get(resource, 0)
        return self._wanted[resource] * (in_all - lists) // lists if lists else 0

    def in_all(self, resource: str, records: int) -> int:
        """Records that there will be of all documents.

        Args:
            resource: of the details.
            records: of the documents so far.
        """
        return records * (self._wanted[resource] + self.unseen(resource)) // self._read[resource]
