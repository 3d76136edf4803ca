"""One stream's part in a sync: what is asked for it, and what follows for each group of its ledger.

A group that a listing shows is alive. It is sent if the ledger has it otherwise or not at all; what the ledger has and
nothing shows is gone, where everything was shown.
"""

from __future__ import annotations

from datetime import date, datetime

from source_netvisor import clock
from source_netvisor.changes.plan import StreamPlan, full_plan, incremental_plan, log_has_gap
from source_netvisor.changes.slices import SliceKind
from source_netvisor.changes.windows import Window, covered_months, month_of, windows
from source_netvisor.errors import NetvisorError
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.state.int_bitset import IntBitset
from source_netvisor.streams.stream_sync import REFUSED_ASKED_DAILY, StreamSync
from source_netvisor.sync_context import SyncContext


class Reconciliation:
    """One stream of a group during a sync.

    Args:
        stream: its output.
        context: of the sync.

    Attributes:
        plan: what is asked.
        alive: groups that a reply of this sync shows.
        listed: rows that the comparison has shown, of whatever group.
        handled: groups that were sent, or cannot be had, in this sync.
        asked: groups whose details are asked for in this sync.
        gone: groups that are to be deleted unless a reply shows them, with Netvisor's moment.
        shown_deleted: groups that a listing shows as deleted documents.
        triggered: whether news of other documents makes the comparison due.
        log_read: whether the deletion log was read.
        log_has_gap: whether it has forgotten deletions since it was last read.
        read_windows: of the comparison, read to their end.
        lists_read: of the listing, where there are several.
        comparison_failed: whether something that the comparison needs could not be read.
        judges_absence: whether the comparison showed everything that it should, as far as can be seen.
        changes_cut: whether the change filter's list may have been cut.
        changes_failed: whether something that the change filter named could not be read.
        next_turn_key: the last key of the details that are read by turns.
        checksum: of the list that triggers a comparison.
    """

    def __init__(self, stream: StreamSync, context: SyncContext) -> None:
        self.stream = stream
        self.name = stream.name
        self.definition: StreamDefinition = stream.definition
        self._context = context
        self.plan = StreamPlan()
        self.alive = IntBitset()
        self.listed = 0
        self.handled, self.asked = IntBitset(), IntBitset()
        self.gone: dict[int, str | None] = {}
        self.shown_deleted = IntBitset()
        self.log_read = self.triggered = self.log_has_gap = False
        self._asks_changes = stream.state is not None and stream.state.position is not None
        self.read_windows: list[Window] = []
        self.lists_read = 0
        self.comparison_failed = self.changes_failed = self.changes_cut = False
        self.judges_absence = True
        self.next_turn_key: int | None = None
        self.checksum: int | None = None

    # --- planning -------------------------------------------------------------------------------------------------

    def prepare(self, due: bool = False) -> None:
        """Plans what is asked, and moves the state to where a first read begins.

        Args:
            due: whether news of other documents makes the comparison due.
        """
        state = self.stream.state
        if state is None:
            self.plan = full_plan(self.definition, self.stream.start, self._context)
            return
        if state.position is None and not self.definition.is_deletion_log:
            state.position = self._context.now
            state.deletions_until = state.deletions_until or self._context.now
        self._compare_all_after_a_gap()
        listing = self.definition.listing
        begins = state.compared is None and not len(state.ledger) and self.definition.comparison is not None
        if begins and listing.window is not None and state.backfill is None:
            state.backfill = windows(listing, state.start_date, self._context.today)[0].begin
        self.triggered = due
        self.plan = incremental_plan(self.definition, state, due, self._context, self._asks_changes)

    def _compare_all_after_a_gap(self) -> None:
        state, log = self.stream.state, self.definition.deletions
        if state is None or log is None or not len(state.ledger) or not log_has_gap(state, self._context):
            return
        self.log_has_gap = True
        state.compared, state.backfill = None, None

    @property
    def incremental(self) -> bool:
        """Whether a state is kept."""
        return self.stream.state is not None

    @property
    def log_position(self) -> datetime:
        """Up to when the deletion log has been read."""
        state = self.stream.state
        return state.deletions_until if state and state.deletions_until else self._context.now

    @property
    def takes_turns(self) -> bool:
        """Whether one batch of details is read that nothing else asks for."""
        return self.plan.first_of_day and not self.plan.windows and self.next_turn_key is None

    # --- verdicts -------------------------------------------------------------------------------------------------

    def shows(self, key: int, day: str | None) -> bool:
        """Notes that a listing has a living document; False where it is dated too early for the table."""
        if not self.is_in_range(key, day):
            return False
        self.alive.add(key)
        return True

    def is_in_range(self, key: int, day: str | None) -> bool:
        """Whether the table is to have a listed document; one that is dated too early goes."""
        if day is not None and day < self.stream.start_text:
            if self.stream.group(key) is not None:
                self.gone.setdefault(key, None)
            return False
        return True

    def knows(self, key: int, fingerprint: int | None) -> bool:
        """Whether the destination holds exactly this version."""
        ledger = self.stream.ledger
        group = ledger.get(key)
        return group is not None and ledger.matches(group, fingerprint)

    def is_deleted(self, key: int) -> None:
        """Notes that Netvisor shows a document as a deleted one; one of the same key may live beside it."""
        if self.stream.group(key) is not None:
            self.shown_deleted.add(key)

    def deleted_only(self) -> list[int]:
        """The groups that are shown as deleted documents, and of which nothing else is known."""
        return [key for key in self.shown_deleted if key not in self.alive and key not in self.gone]

    def wants_details(self, key: int, fingerprint: int, kind: SliceKind, settled: bool) -> bool:
        """Whether the details of a listed document are to be read.

        Args:
            key: of the document.
            fingerprint: of the list's row.
            kind: why the list is read.
            settled: whether the row says that the document hardly changes any more.
        """
        if key in self.handled or key in self.asked:
            return False
        group = self.stream.group(key)
        if group is None or kind in (SliceKind.FULL, SliceKind.CHANGES):
            return True
        if group.refused_on is not None:
            return self.plan.asks_refused and self._compared_on - group.refused_on <= REFUSED_ASKED_DAILY
        if self.definition.settled is not None:
            return self.plan.first_of_day or not settled or group.fingerprint is None
        return not self.stream.ledger.matches(group, fingerprint)

    @property
    def _compared_on(self) -> date:
        """The day of the last comparison; after a pause of any length what it could not read is asked for again."""
        state = self.stream.state
        return clock.helsinki_date(state.compared) if state and state.compared else date.min

    # --- what is gone ---------------------------------------------------------------------------------------------

    def problem(self, error: NetvisorError, kind: SliceKind | None = None) -> None:
        """Something could not be read: nothing is judged by what is missing, and the position does not move."""
        self.stream.status.problem(error)
        self.comparison_failed |= kind is not SliceKind.CHANGES
        self.changes_failed |= kind in (SliceKind.CHANGES, None)

    @property
    def has_read_everything(self) -> bool:
        """Whether every window of the comparison was read in this sync."""
        if not self.read_windows or self.plan.older_windows:
            return False
        return min(window.begin for window in self.read_windows) <= self.stream.start

    def absent(self) -> list[int]:
        """The groups that the comparison should have shown, and has not."""
        state = self.stream.state
        if state is None or self.definition.comparison is None or not self.judges_absence or not len(state.ledger):
            return []
        start = month_of(state.start_date)
        source = self.definition.source if self.definition.group_by else self.definition.listing
        undated = source.date is None and self.definition.group_by is None
        everything = self.has_read_everything and not self.comparison_failed
        covered = covered_months(self.read_windows, state.start_date) if not self.comparison_failed else set()
        missing = []
        for key, month in state.ledger.months():
            if key in self.alive or key in self.gone or key in self.shown_deleted:
                continue
            if month is not None and month < start:
                self.gone[key] = None
            elif (everything and (undated or month is not None)) or month in covered:
                missing.append(key)
        return missing

    def may_precede_start(self, key: int) -> bool:
        """Whether a start date that was moved into the document's month explains that the list does not show it."""
        state = self.stream.state
        if state is None or state.compared is not None or state.start_date.day == 1:
            return False
        group = state.ledger.get(key)
        return group is not None and group.month == month_of(state.start_date)
