"""Deletions of one stream: announced by a state, sent, and then taken out of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from airbyte_cdk.models import AirbyteMessage

from source_netvisor.protocol import messages
from source_netvisor.protocol.messages import Message
from source_netvisor.streams.deletion_records import DeletionRecords
from source_netvisor.streams.ledger_changes import LedgerChanges
from source_netvisor.streams.record_counts import RecordCounts
from source_netvisor.streams.stream_status import StreamStatus

SENT_AT_ONCE = 500
"""Deletions."""


class StreamDeletions:
    """Sends them.

    Args:
        made: makes the records.
        changes: of the stream's ledger.
        counts: of its records.
        status: of the stream.
        state_message: gives the state as it is.
    """

    def __init__(
        self,
        made: DeletionRecords,
        changes: LedgerChanges,
        counts: RecordCounts,
        status: StreamStatus,
        state_message: Callable[[], AirbyteMessage],
    ) -> None:
        self._made = made
        self._changes = changes
        self._counts = counts
        self._status = status
        self._state_message = state_message

    def of_lost_rows(self) -> Iterator[Message]:
        """Deletions of rows that their documents do not have any more."""
        if not self._changes.lost:
            return
        yield self._state_message()
        for key, (_, rows) in self._changes.lost.items():
            yield from self._of(key, rows, None)
        self._changes.confirm_lost()

    def of_groups(self, keys: Mapping[int, str | None]) -> Iterator[Message]:
        """Deletions of whole groups.

        Args:
            keys: of the groups, with Netvisor's moment where it is known.
        """
        known = self._changes.announce_deletions(keys)
        if any(known.values()):
            yield self._state_message()
        for key, rows in known.items():
            yield from self._of(key, rows, keys[key])
            self._changes.remove(key)

    def _of(self, key: int, rows: Iterable[int], deleted_at: str | None) -> Iterator[Message]:
        remaining = iter(rows)
        while some := list(islice(remaining, SENT_AT_ONCE)):
            self._counts.deleted += len(some)
            made = (messages.serialize_record(self._made.of(key, row, deleted_at)) for row in some)
            yield from self._status.records(b"".join(made))
