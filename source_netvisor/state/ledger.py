"""What the destination holds of one stream: each group of rows, with what a comparison needs to know of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from source_netvisor.state.ledger_block import Group, LedgerDamaged, Mark, pack_groups, unpack_groups

__all__ = ["Group", "Ledger", "LedgerDamaged", "Mark"]


class Ledger:
    """A map from a group's key to its group.

    Args:
        bits: how many bits of a fingerprint are kept: 16, 24 or 32.
    """

    def __init__(self, bits: int = 24) -> None:
        self._bits = bits
        self._mask = (1 << bits) - 1
        self._groups: dict[int, Group] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def __contains__(self, key: int) -> bool:
        return key in self._groups

    @property
    def row_count(self) -> int:
        """Rows of all groups."""
        return sum(len(group.rows) for group in self._groups.values())

    @property
    def packed_size(self) -> int:
        """About how many characters `to_json` gives."""
        return 8 * len(self._groups) + 2 * self.row_count

    def get(self, key: int) -> Group | None:
        """The group of that key; None where the destination holds none."""
        return self._groups.get(key)

    def truncated(self, fingerprint: int) -> int:
        """The bits of a fingerprint that the ledger keeps."""
        return fingerprint & self._mask

    def matches(self, group: Group, fingerprint: int) -> bool:
        """Whether the group has this fingerprint of 32 bits; an unknown one differs from everything."""
        return group.fingerprint is not None and group.fingerprint & self._mask == fingerprint & self._mask

    def put(self, key: int, group: Group) -> None:
        """The destination holds, or is about to hold, this group."""
        if group.fingerprint is not None:
            group = group._replace(fingerprint=group.fingerprint & self._mask)
        self._groups[key] = group

    def remove(self, key: int) -> None:
        """The destination does not hold the group any more; nothing happens where it never did."""
        self._groups.pop(key, None)

    def keys(self) -> Iterator[int]:
        """All keys, ascending; the ledger may be changed only after the iteration."""
        yield from sorted(self._groups)

    def items(self) -> Iterator[tuple[int, Group]]:
        """All keys with their groups, ascending; the ledger may be changed only after the iteration."""
        yield from sorted(self._groups.items())

    def months(self) -> Iterator[tuple[int, int | None]]:
        """All keys with the months of their documents; cheaper than `items`."""
        for key, group in self.items():
            yield key, group.month

    def forget_fingerprints(self) -> None:
        """All fingerprints become unknown, so that each group differs from whatever a comparison sees."""
        for key, group in self._groups.items():
            self._groups[key] = group._replace(fingerprint=None)

    def to_json(self) -> list[str]:
        """The blocks, as base64."""
        return [pack_groups(list(self.items()))] if self._groups else []

    @classmethod
    def from_json(cls, blocks: Any, bits: int = 24) -> Ledger:
        """The ledger that `to_json` gave.

        Raises:
            LedgerDamaged: the blocks are not what `to_json` gives.
        """
        ledger = cls(bits)
        if not isinstance(blocks, list):
            raise LedgerDamaged("no list of blocks")
        for block in blocks:
            for key, group in unpack_groups(block):
                ledger.put(key, group)
        return ledger
