"""How far one stream has come: what a sync still asks for, and how its state moves when something has been read."""

from __future__ import annotations

from datetime import datetime

from source_netvisor import clock
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.state.key_set import KeySet
from source_netvisor.state.stream_state import ChangedDetails, FirstRead, StreamState
from source_netvisor.sync import plan
from source_netvisor.sync.plan import DELETIONS_REMEMBERED, SyncContext, Task


class StreamProgress:
    """Moves the state of one stream.

    Args:
        definition: of the stream.
        incremental: whether state is kept; otherwise everything is read.
        state: where the stream stands.
        context: of the sync.
    """

    def __init__(
        self, definition: StreamDefinition, incremental: bool, state: StreamState, context: SyncContext
    ) -> None:
        self._definition = definition
        self._incremental = incremental
        self._state = state
        self._context = context
        self._seen_up_to: int | None = None
        self._highest_listed: int | None = None
        self._never_modified: str | None = None

    # --- planning -------------------------------------------------------------------------------------------------

    def plan(self) -> list[Task]:
        """The windows of the listing that this sync reads for the stream; a first read begins."""
        planned = plan.tasks(self._definition, self._state, self._context)
        begins = plan.begins_with_a_first_read(self._definition, self._state)
        if self._incremental and self._state.first_read is None and begins:
            self._state.first_read, self._state.changed_details = FirstRead(self._context.now), None
        self._seen_up_to = self._state.complete_up_to
        return planned

    def missed_deletions(self) -> bool:
        """Whether deletions may have happened that Netvisor does not remember any more."""
        since = self.deletions_since
        if not self._incremental or self._definition.deletions is None or since is None:
            return False
        # the day itself counts as missed: whether the list has the day that it is asked from is not documented
        return clock.helsinki_date(since) <= self._context.today - DELETIONS_REMEMBERED

    def is_to_be_compared(self) -> bool:
        """Whether this is the first sync of the day of a register, of which no list tells what is gone."""
        state = self._state
        if not self._incremental or not self._definition.is_register or state.first_read or state.read_until is None:
            return False
        return plan.is_first_of_day(state, self._context)

    @property
    def deletions_since(self) -> datetime | None:
        """From when on deletions concern what was delivered; None before anything was."""
        first = self._state.first_read
        if first and (first.anew or self._state.deletions_until is None):
            return first.began
        return self._state.deletions_until

    def read_anew(self) -> None:
        """Starts a first read again; what it does not meet is deleted at its end."""
        state = self._state
        before = state.delivered_before
        # a repeated read that was itself interrupted for too long: both of its halves may have lost documents
        state.delivered_before = before.updated(state.delivered) if before else state.delivered
        state.delivered = DeliveredKeys()
        state.first_read = FirstRead(self._context.now, anew=True)
        state.changed_details = None

    # --- lists ----------------------------------------------------------------------------------------------------

    def lacks(self, key: int) -> bool:
        """Whether a document of a list that was asked for new ones has not been delivered, or not for certain."""
        if self._seen_up_to is not None:
            return key > self._seen_up_to
        if key in self._state.delivered.documents:
            return False
        if self._state.never_modified == "in":
            self._state.never_modified = "out"
        # were the sync killed with this key in its state, but before its record, the key would not show what is lacking
        self._state.complete_up_to = self._state.complete_up_to or 0
        return True

    def may_learn(self, first: bool) -> bool:
        """Whether a comparison may show something of the filter for changes that is not known.

        Args:
            first: whether the list is that of a first or repeated read, at whose end it is made again.
        """
        return self._state.never_modified is None or (first and self._state.never_modified == "in")

    def listed(self, keys: KeySet, never_modified: str | None) -> None:
        """A complete list, or one of all new documents, has been read.

        Args:
            keys: of the list.
            never_modified: what a comparison has shown (never_modified.py); None: none was made.
        """
        self._highest_listed = max(keys, default=None)
        self._never_modified = never_modified

    # --- moving forward -------------------------------------------------------------------------------------------

    def details_read(self, task: Task, key: int) -> bool:
        """Details up to this key have been read; whether that moves the state."""
        if task.kind == "first" and self._state.first_read:
            self._state.first_read.next = task.begins or None
            self._state.first_read.after = key
        elif task.kind == "new":
            self._state.complete_up_to = key
        elif task.kind == "changes" and task.since and task.until:
            self._state.changed_details = ChangedDetails(task.since, task.until, key)
        else:
            return False
        return True

    def completes_first_read(self, task: Task) -> bool:
        """Whether this window is the last one of a first read."""
        return task.kind == "first" and self._state.first_read is not None and task.following is None

    def task_read(self, task: Task) -> None:
        """A whole window has been read."""
        state = self._state
        first = state.first_read
        if task.kind == "first" and first:
            first.next, first.after = task.following, None
            if task.following is None:
                self._first_read_done(first)
        elif task.kind in ("changes", "deletions"):
            state.read_until = task.until
            state.changed_details = None
            if task.kind == "deletions":
                state.first_read = None
        elif task.kind == "new":
            self._complete_list_done()
        elif task.number == task.count:
            state.read_until = self._context.now

    def _first_read_done(self, first: FirstRead) -> None:
        self._complete_list_done()
        state = self._state
        state.read_until = first.began
        state.first_read = None
        tells = self._definition.deletions or self._definition.is_register
        if (tells and state.deletions_until is None) or first.anew:
            state.deletions_until = first.began

    def _complete_list_done(self) -> None:
        state = self._state
        state.never_modified = state.never_modified or self._never_modified
        if state.never_modified != "out":
            state.complete_up_to = None
        elif self._highest_listed is not None:
            state.complete_up_to = max(self._highest_listed, state.complete_up_to or 0)
