"""What a sync changes in a stream's ledger: nothing is sent that the ledger does not announce.

A batch is announced, sent and confirmed. While it is announced, the ledger has its rows, old and new, and no
fingerprint of its groups; so a sync that is killed in between leaves groups of which nothing is known, and the next
comparison sends them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from source_netvisor.state.int_bitset import IntBitset
from source_netvisor.state.ledger import Group, Ledger
from source_netvisor.streams.record_counts import RecordCounts
from source_netvisor.streams.waiting_groups import WaitingGroup


class LedgerChanges:
    """Changes of one stream's ledger.

    Args:
        ledger: of the stream.
        counts: of its records.

    Attributes:
        lost: groups that were sent with fewer rows: what is to be confirmed, and the rows that are gone.
        differing: groups that were sent since another version of them was known.
    """

    def __init__(self, ledger: Ledger, counts: RecordCounts) -> None:
        self._ledger = ledger
        self._counts = counts
        self._losing: dict[int, tuple[int, ...]] = {}
        self.lost: dict[int, tuple[WaitingGroup, tuple[int, ...]]] = {}
        self.differing = 0

    def announce(self, groups: Iterable[WaitingGroup]) -> None:
        """The records of these groups are about to be sent."""
        ledger, counts = self._ledger, self._counts
        for key, fingerprint, month, rows in groups:
            known = ledger.get(key)
            if known is None:
                ledger.put(key, Group(None, month, rows))
                counts.new += len(rows)
                continue
            if known.rows != rows and (gone := set(known.rows).difference(rows)):
                self._losing[key] = tuple(sorted(gone))
            same = len(set(rows).intersection(known.rows))
            matches = ledger.matches(known, fingerprint)
            self.differing += known.fingerprint is not None and not matches
            if known.rows == rows and matches:
                counts.repeated += same
            else:
                counts.changed += same
            counts.new += len(rows) - same
            union = rows if known.rows == rows else tuple(sorted({*rows, *known.rows}))
            ledger.put(key, Group(None, month if month is not None else known.month, union))

    def confirm(self, groups: Iterable[WaitingGroup]) -> None:
        """The records of these announced groups were sent; those that have lost rows wait until these are deleted."""
        ledger, losing = self._ledger, self._losing
        for group in groups:
            key, fingerprint, month, rows = group
            gone = losing.get(key)
            if gone is not None:
                self.lost[key] = group, gone
            else:
                ledger.put(key, Group(ledger.truncated(fingerprint), month, rows))
        self._losing.clear()

    def confirm_lost(self) -> None:
        """The rows of `lost` were deleted."""
        for group, _ in self.lost.values():
            self._ledger.put(group.key, Group(group.fingerprint, group.month, group.rows))
        self.lost.clear()

    def announce_deletions(self, keys: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
        """The rows of these groups are about to be deleted.

        Returns:
            key of each group that the destination holds -> its rows.
        """
        known = {key: group for key in keys if (group := self._ledger.get(key)) is not None}
        for key, group in known.items():
            self._ledger.put(key, Group(None, group.month, group.rows, group.refused_on))
        return {key: group.rows for key, group in known.items()}

    def remove(self, key: int) -> None:
        """All rows of the group were deleted."""
        self._ledger.remove(key)

    def refuse(self, key: int, month: int | None, today: date, begins: bool) -> None:
        """Netvisor does not give the details of a document that its list has: what the destination has of it stays.

        Args:
            key: of the document.
            month: of its date.
            today: in Finland.
            begins: whether the days for which it is asked for begin now, whatever was before.
        """
        known = self._ledger.get(key)
        since = known.refused_on if known and known.refused_on and not begins else today
        rows = known.rows if known else ()
        self._ledger.put(key, Group(None, month if month is not None else known and known.month, rows, since))

    def forget_all_but(self, kept: IntBitset) -> None:
        """The ledger keeps these groups only; the destination keeps all."""
        for key in [key for key, _ in self._ledger.months() if key not in kept]:
            self._ledger.remove(key)
