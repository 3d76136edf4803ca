"""The rows of a listing that belong to a task, each once, however many windows and pages have it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.netvisor.client import Reply
from source_netvisor.parsing.record_text import Row
from source_netvisor.state.key_set import KeySet
from source_netvisor.streams.stream_reading import StreamReading
from source_netvisor.sync.plan import SyncContext, Task


class ListedRows:
    """Those of one family.

    Args:
        context: of the sync.
    """

    def __init__(self, context: SyncContext) -> None:
        self._context = context
        self._met: dict[Any, dict[frozenset[str], KeySet]] = {}

    def rows(
        self, streams: Sequence[StreamReading], record: tuple[str, ...], reply: Reply, task: Task
    ) -> Iterator[tuple[Row, int | None, Collection[str]]]:
        """The records of a reply that belong to the task, with their keys, and the streams that have had them.

        Args:
            streams: that the task is read for. Those that stand at different places read the same records in different
                tasks, and each of them has to have them once.
            record: the names of the records.
            reply: with them.
            task: of the streams.
        """
        ask = next(s.definition.listing for s in streams if s.definition.listing.record == record)
        names = frozenset(stream.name for stream in streams)
        start = self._context.config.start_date.isoformat()
        dated = ask.date is not None and task.kind in ("first", "dates", "new")
        once: KeySet | None = None
        others: list[tuple[frozenset[str], KeySet]] = []
        overlaps = ask.window not in (None, "month ends") or ask.page or ask.read_on or ask.halve
        # a list whose days are compared is gone through twice
        if overlaps and not ask.compares_older:
            # windows overlap by a day and pages may shift; what changed is read after the windows, and may repeat them
            scope = task.order if task.kind in ("changes", "new") else ()
            met = self._met.setdefault((scope, record), {})
            once = met.setdefault(names, KeySet())
            others = [(common, keys) for some, keys in met.items() if some != names and (common := some & names)]
        identity = RowIdentity(ask)
        beside = {name for s in streams for name in (*s.definition.listing.record, *s.definition.listing.beside)}
        for row in reply.rows(record, tuple(beside)):
            key, day = identity.of(row)
            if dated and day is not None and day < start:
                continue
            if once is not None and (not once.add(key) if key is not None else _of_another_window(day, task)):
                continue
            again: Collection[str] = ()
            if others and key is not None:
                again = {name for common, keys in others if key in keys for name in common}
            yield row, key, again


def _of_another_window(day: str | None, task: Task) -> bool:
    """Whether a row that has no key to be known by comes again, with the window that its date belongs to."""
    words = dict(task.requests[0][1])
    return day is not None and "to" in words and not words["from"] <= day <= words["to"]
