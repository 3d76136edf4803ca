"""Groups of a ledger as columns: arrays, without an object for each group, which would take some hundred bytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import accumulate, pairwise
from operator import lt, sub

from source_netvisor.state.ledger_group import Group, LedgerDamaged

UNKNOWN = 1
"""Bit of a group's flags: its fingerprint is not known."""
OWN_ROW = 2
"""Bit of a group's flags: its one row has the key of the group, as in streams of documents."""
LISTED_ROWS = 4
"""Bit of a group's flags: its rows are in the columns of rows."""

_UNKNOWN = bytes(flags | UNKNOWN for flags in range(256))
SMALLEST_KEY, LARGEST_KEY = -(1 << 63), (1 << 63) - 1
GROUP_WEIGHT = 8
"""What a group weighs where a listed row weighs 1."""
PART_WEIGHT = 1024 * GROUP_WEIGHT
"""Groups that weigh twice as much are divided."""


class Columns:
    """Groups in the order in which they were added, which in a block is that of their keys.

    Row keys are kept as the first one and the steps to the others, so that groups move between columns without a look
    at their rows.

    Attributes:
        keys: of the groups.
        fingerprints: as the ledger keeps them; 0 where unknown.
        months: 0 where there is none.
        flags: UNKNOWN, OWN_ROW and LISTED_ROWS.
        first_rows: smallest row key of each group; any number where no rows are listed.
        step_counts: how many of `row_steps` are the group's: one less than its listed rows.
        row_steps: from one row key of a group to the next, one group after the other.
        refused: key of a group -> ordinal of the day since when its details are refused.
    """

    __slots__ = (
        "_offsets", "fingerprints", "first_rows", "flags", "keys", "months", "refused", "row_steps", "step_counts",
    )  # fmt: skip

    def __init__(self) -> None:
        self.keys = array("q")
        self.fingerprints = array("I")
        self.months = array("I")
        self.flags = bytearray()
        self.first_rows = array("q")
        self.step_counts = array("I")
        self.row_steps = array("Q")
        self.refused: dict[int, int] = {}
        self._offsets: array[int] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def row_count(self) -> int:
        """Rows of all groups."""
        # every group has a first row, but for those without either flag
        return len(self.row_steps) + len(self.keys) - self.flags.count(0) - self.flags.count(UNKNOWN)

    @property
    def size(self) -> int:
        """Bytes that the arrays take."""
        return 33 * len(self.keys) + 8 * len(self.row_steps)

    def offsets(self) -> array[int]:
        """Where the steps of each group begin in `row_steps`, and at last their number; only once all are added."""
        if self._offsets is None:
            self._offsets = array("I", list(accumulate(self.step_counts, initial=0)))
        return self._offsets

    def group(self, index: int) -> Group:
        """The group at that place.

        Raises:
            LedgerDamaged: a row key has more than 64 bits.
        """
        flags, key = self.flags[index], self.keys[index]
        refused = self.refused.get(key) if self.refused else None
        return Group(
            None if flags & UNKNOWN else self.fingerprints[index],
            self.months[index] or None,
            (key,) if flags & OWN_ROW else self._listed_rows(index) if flags & LISTED_ROWS else (),
            None if refused is None else date.fromordinal(refused),
        )

    def _listed_rows(self, index: int) -> tuple[int, ...]:
        offsets = self.offsets()
        steps = self.row_steps[offsets[index] : offsets[index + 1]]
        rows = tuple(accumulate(steps, initial=self.first_rows[index]))
        if rows[-1] > LARGEST_KEY:
            raise LedgerDamaged("a row key of more than 64 bits")
        return rows

    def items(self) -> Iterator[tuple[int, Group]]:
        """All keys with their groups."""
        return zip(self.keys, map(self.group, range(len(self.keys))), strict=True)

    def append(
        self, key: int, fingerprint: int | None, month: int | None, rows: tuple[int, ...], refused: date | None = None
    ) -> None:
        """Adds a group.

        Args:
            key: of the group.
            fingerprint, month, rows, refused: as a `Group` has them.

        Raises:
            OverflowError: a key has more than 64 bits.
        """
        flags = UNKNOWN if fingerprint is None else 0
        if not rows or (len(rows) == 1 and rows[0] == key):
            flags |= OWN_ROW if rows else 0
            # the number that is packed best
            self.first_rows.append(self.first_rows[-1] if self.first_rows else 0)
            self.step_counts.append(0)
        else:
            flags |= LISTED_ROWS
            self.first_rows.append(rows[0])
            self.step_counts.append(len(rows) - 1)
            self.row_steps.extend(map(sub, rows[1:], rows))
        self.keys.append(key)
        self.fingerprints.append(fingerprint or 0)
        self.months.append(month or 0)
        self.flags.append(flags)
        if refused is not None:
            self.refused[key] = refused.toordinal()

    def extend(self, other: Columns, begin: int, end: int) -> None:
        """Adds the groups from `begin` up to, without, `end` of other columns."""
        if begin == end:
            return
        self.keys += other.keys[begin:end]
        self.fingerprints += other.fingerprints[begin:end]
        self.months += other.months[begin:end]
        self.flags += other.flags[begin:end]
        self.first_rows += other.first_rows[begin:end]
        self.step_counts += other.step_counts[begin:end]
        if other.row_steps:
            offsets = other.offsets()
            self.row_steps += other.row_steps[offsets[begin] : offsets[end]]
        if other.refused:
            self.refused.update((key, other.refused[key]) for key in other.keys[begin:end] if key in other.refused)

    def merged(self, changed: Iterable[int], changes: Mapping[int, Group | None]) -> Columns:
        """These groups with changes.

        Args:
            changed: the keys of the groups that change, ascending.
            changes: the group that each of these keys has now; None: it is taken out.
        """
        merged = Columns()
        keys, end, done = self.keys, len(self.keys), 0
        for key in changed:
            if done < end:
                place = bisect_left(keys, key, done)
                merged.extend(self, done, place)
                done = place + 1 if place < end and keys[place] == key else place
            group = changes[key]
            if group is not None:
                merged.append(key, *group)
        merged.extend(self, done, end)
        return merged

    def joined(self, other: Columns) -> Columns:
        """These groups and others, which have other keys."""
        joined, done, taken = Columns(), 0, 0
        while taken < len(other.keys):
            place = bisect_left(self.keys, other.keys[taken], done)
            joined.extend(self, done, place)
            done = place
            until = bisect_left(other.keys, self.keys[done], taken) if done < len(self.keys) else len(other.keys)
            joined.extend(other, taken, until)
            taken = until
        joined.extend(self, done, len(self.keys))
        return joined

    def in_order(self) -> Columns:
        """These groups in the order of their keys."""
        keys = self.keys
        if all(map(lt, keys, memoryview(keys)[1:])):
            return self
        ordered, places = Columns(), sorted(range(len(keys)), key=keys.__getitem__)
        begin = end = places[0]
        for place in places:
            if place != end:
                ordered.extend(self, begin, end)
                begin = place
            end = place + 1
        ordered.extend(self, begin, end)
        return ordered

    def cut(self, length: int) -> None:
        """Drops all groups behind the first `length` ones."""
        del self.row_steps[sum(self.step_counts[:length]) :]
        for column in (self.keys, self.fingerprints, self.months, self.flags, self.first_rows, self.step_counts):
            del column[length:]
        self._offsets = None

    def divided(self) -> list[Columns]:
        """These groups in parts of about the same size, none where there is no group."""
        weight = self._weight(len(self.keys))
        parts = weight // PART_WEIGHT
        if parts < 2:
            return [self] if self.keys else []
        places = range(len(self.keys) + 1)
        cuts = [bisect_left(places, weight * part // parts, key=self._weight) for part in range(parts + 1)]
        return [self.part(begin, end) for begin, end in pairwise(cuts) if begin < end]

    def _weight(self, place: int) -> int:
        """What the groups before that place weigh."""
        return GROUP_WEIGHT * place + self.offsets()[place]

    def part(self, begin: int, end: int) -> Columns:
        """The groups from `begin` up to, without, `end`."""
        part = Columns()
        part.extend(self, begin, end)
        return part

    def forget_fingerprints(self) -> None:
        """All fingerprints become unknown."""
        self.fingerprints = array("I", (0,)) * len(self.keys)
        self.flags = self.flags.translate(_UNKNOWN)
