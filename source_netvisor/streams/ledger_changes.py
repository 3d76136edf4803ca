"""What a sync changes in a stream's ledger: nothing is sent that the ledger does not announce.

A batch is announced, sent and confirmed. While it is announced, the ledger has its rows, old and new, and no
fingerprint of its groups; so a sync that is killed in between leaves groups of which nothing is known, and the next
comparison sends them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from source_netvisor.state.int_bitset import IntBitset
from source_netvisor.state.ledger import Columns, Group, Ledger
from source_netvisor.streams.record_counts import RecordCounts


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
        self._added: Columns | None = None
        self._losing: dict[int, tuple[int, ...]] = {}
        self.lost: dict[int, tuple[Group, tuple[int, ...]]] = {}
        self.differing = 0

    def announce(self, groups: Columns) -> None:
        """The records of these groups are about to be sent; a key may come twice."""
        ledger, counts = self._ledger, self._counts
        in_order = groups.in_order()
        if ledger.add(in_order):
            self._added = in_order
            counts.new += groups.row_count
            return
        for key, (fingerprint, month, rows, _) in groups.items():
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

    def confirm(self, groups: Columns) -> None:
        """The records of these announced groups were sent; those that have lost rows wait until these are deleted."""
        added, self._added = self._added, None
        if added is not None:
            self._ledger.set_fingerprints(added)
            return
        for key, group in groups.items():
            gone = self._losing.get(key)
            if gone is not None:
                self.lost[key] = group, gone
            else:
                self._ledger.put(key, group)
        self._losing.clear()

    def confirm_lost(self) -> None:
        """The rows of `lost` were deleted."""
        for key, (group, _) in self.lost.items():
            self._ledger.put(key, group)
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
