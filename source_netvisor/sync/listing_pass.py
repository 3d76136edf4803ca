"""One slice of a listing, read for all streams that want it: rows become records, or keys whose details are read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from source_netvisor import errors
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import Slice, SliceKind
from source_netvisor.fetching.marks import MarkReader
from source_netvisor.fetching.paging import ListReply
from source_netvisor.fetching.replies import Replies
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request
from source_netvisor.parsing.fingerprint import fingerprint
from source_netvisor.parsing.record_text import Row
from source_netvisor.protocol.messages import Message
from source_netvisor.streams.grouped_records import GroupedRecords
from source_netvisor.sync.listed import Listed
from source_netvisor.sync.pending_details import PendingDetails

logger = logging.getLogger("airbyte.source_netvisor")


class ListingPass:
    """Reads one slice.

    Args:
        piece: the slice.
        members: the streams that want it, with their own kind of it.
        replies: of the group.

    Attributes:
        keyless: rows without a key that can be read.
        listed: rows.
        complete: whether every row had a key, and every page that was announced was read.
        cut_suspected: whether rows may be missing behind a cut that cannot be read past.
        details: what is to be read of the documents.
    """

    def __init__(self, piece: Slice, members: Sequence[tuple[Reconciliation, SliceKind]], replies: Replies) -> None:
        self._piece = piece
        self._kinds = {member.name: kind for member, kind in members}
        self._members = documents_first([member for member, _ in members])
        self._replies = replies
        self._endpoint = self._members[0].definition.listing
        self._marks = replies.marks(self._endpoint)
        self._request: Request = piece.requests[0]
        self.listed = self.keyless = 0
        self.complete, self.cut_suspected = True, False
        # records of the reply that is read were built wrong, so that they are sent once more
        self._again = False
        self.details = _pending(self._members)

    def read(self) -> Iterator[Message]:
        """All messages of the slice.

        Raises:
            NetvisorError: the list cannot be read to its end.
        """
        for request, values in self._piece.asked:
            placeholders = dict(values)
            self._request = request
            reader = self._replies.reader(self._endpoint, request)
            with closing(reader.replies(request)) as pages:
                for page in pages:
                    marks = [(member, member.stream.mark(page.reply.size)) for member in self._members]
                    yield from self._page(page, placeholders)
                    if page.reply.must_be_read_again():
                        self._again = True
                        for member, mark in marks:
                            member.stream.take_back(mark)
                        yield from self._page(page, placeholders)
                        self._again = False
            self.complete &= reader.complete
            self.cut_suspected |= reader.cut_suspected
        self._report_keyless()

    def _page(self, page: ListReply, placeholders: Mapping[str, str]) -> Iterator[Message]:
        for record in dict.fromkeys(member.definition.listing.record for member in self._members):
            yield from self._rows(record, page, placeholders)
        yield from self._grouped(page.reply, placeholders)

    def _rows(self, record: tuple[str, ...], page: ListReply, placeholders: Mapping[str, str]) -> Iterator[Message]:
        members = [one for one in self._members if one.definition.listing.record == record and not _grouped(one)]
        if not members:
            return
        takes = [(member, self._take_document if _has_whole_rows(member) else self._take_row) for member in members]
        compares = any(member.incremental for member in members)
        for rows, identities in page.batches(record, self._beside()):
            fingerprints = [fingerprint(row) if compares else None for row in rows]
            for row, (key, day), found in zip(rows, identities, fingerprints, strict=False):
                self.listed += 1
                if key is None:
                    self._keyless(members, row, day, placeholders)
                    continue
                listed = Listed(row, key, day, found)
                for member, take in takes:
                    take(member, listed, placeholders)
            yield from flush_due(members)

    def _beside(self) -> tuple[str, ...]:
        """The names of all rows that the reply may have."""
        listings = [member.definition.listing for member in self._members]
        return tuple({name for listing in listings for name in (*listing.record, *listing.beside)})

    def _take_row(self, member: Reconciliation, listed: Listed, placeholders: Mapping[str, str]) -> None:
        """A row for a stream that keeps no state, or reads details."""
        definition = member.definition
        if member.incremental and definition.details is not None and definition.details.window is None:
            if not member.shows(listed.key, listed.day):
                return
        elif not self._is_for_full_refresh(member, listed):
            return
        if definition.details is not None:
            self._take_key(member, listed)
        else:
            member.stream.send(listed.row, self._values(listed, placeholders))

    def _take_document(self, member: Reconciliation, listed: Listed, placeholders: Mapping[str, str]) -> None:
        """A row that is all there is of its document."""
        key = listed.key
        if not member.is_in_range(key, listed.day):
            return
        if self._again or not self._is_known(member, listed):
            values = self._values(listed, placeholders)
            if not member.stream.send_group(key, listed.fingerprint, listed.month, listed.row, values):
                member.is_deleted(key)
                return
            member.handled.add(key)
        member.alive.add(key)

    def _is_known(self, member: Reconciliation, listed: Listed) -> bool:
        """Whether the destination has the row as it is, or gets it in this sync."""
        if listed.key in member.handled:
            return True
        if self._marks is not None:
            # only the comparison looks for marks that change, so that a list without news takes one call
            changes = self._kinds[member.name] is SliceKind.CHANGES
            if changes and any(member.knows(listed.key, one) for one in listed.fingerprints_under_any_mark):
                return True
            self._mark(listed, self._marks)
        return member.knows(listed.key, listed.fingerprint)

    def _mark(self, listed: Listed, marks: MarkReader) -> None:
        if listed.mark is None:
            listed.mark = marks.value(listed.key, self._request)

    def _values(self, listed: Listed, placeholders: Mapping[str, str]) -> Mapping[str, str]:
        """What the request knows of a row, and its mark."""
        if self._marks is None or self._endpoint.mark is None:
            return placeholders
        self._mark(listed, self._marks)
        if listed.mark is None:
            return placeholders
        return {**placeholders, self._endpoint.mark.property: str(listed.mark).lower()}

    def _is_for_full_refresh(self, member: Reconciliation, listed: Listed) -> bool:
        endpoint = self._endpoint
        if endpoint.date is not None and listed.day is not None and listed.day < member.stream.start_text:
            return False
        # windows overlap by a day, and pages may shift
        repeats = endpoint.window not in (None, "month ends") or endpoint.page or endpoint.read_on
        return not repeats or member.handled.add(listed.key) or self._again

    def _take_key(self, member: Reconciliation, listed: Listed) -> None:
        details = self.details[member.definition.source.identity]
        if not member.incremental or member.plan.windows:
            details.add(listed, member)
            return
        settled = member.definition.settled
        is_settled = settled is not None and RowIdentity.text_of(listed.row, settled.element) == settled.value
        # what the details are compared with is their own fingerprint
        fingerprint = listed.fingerprint if settled is None else 0
        if member.wants_details(listed.key, fingerprint, self._kinds[member.name], is_settled):
            details.add(listed, member)
        else:
            details.offer(listed, member)

    def _keyless(
        self, members: Iterable[Reconciliation], row: Row, day: str | None, placeholders: Mapping[str, str]
    ) -> None:
        self.keyless += 1
        for member in members:
            if member.definition.details is not None:
                continue
            if day is not None and self._is_of_another_window(day):
                continue
            if day is None or self._endpoint.date is None or day >= member.stream.start_text:
                member.stream.send(row, placeholders)

    def _is_of_another_window(self, day: str) -> bool:
        """Whether a row that has no key to be known by comes again, with the window that its date belongs to."""
        window = self._piece.window
        if self._endpoint.window in (None, "month ends") or window is None:
            return False
        return not window.begin.isoformat() <= day <= window.end.isoformat()

    def _grouped(self, reply: Reply, placeholders: Mapping[str, str]) -> Iterator[Message]:
        for member in self._members:
            if not _grouped(member):
                continue
            record = member.definition.listing.record
            self.listed += read_groups(
                member,
                self._again,
                lambda record=record: ((row, placeholders) for row in reply.rows(record, self._beside())),
            )
            yield from flush_due([member])

    def _report_keyless(self) -> None:
        detailed = [member for member in self._members if member.definition.details is not None]
        if not self.keyless or not detailed:
            return
        resource = self._endpoint.resource
        if self.keyless == self.listed:
            error = errors.unreadable(resource, "a list whose rows have no keys")
            for member in detailed:
                member.problem(error)
        else:
            logger.warning(
                f"{', '.join(member.name for member in detailed)}: {self.keyless} rows of {resource} came without a "
                "key that can be read, so their details could not be asked for."
            )


def read_groups(member: Reconciliation, again: bool, rows: Any) -> int:
    """Sends the groups of a reply that are others than the ledger has; how many records have no group.

    Args:
        member: a stream whose groups are made of records.
        again: whether the reply is read once more, since its records were built wrong.
        rows: of the reply, as often as they are asked for.
    """
    if not member.incremental:
        count = 0
        for row, placeholders in rows():
            member.stream.send(row, placeholders)
            count += 1
        return count
    grouped = GroupedRecords(member.definition, member.stream.built)
    found = grouped.groups(rows)
    wanted = {}
    for key, group in found.items():
        member.alive.add(key)
        if again or (key not in member.handled and not member.knows(key, group.fingerprint)):
            wanted[key] = group
            member.handled.add(key)
    if wanted or grouped.without_group:
        member.stream.send_records(wanted, grouped.records(rows, wanted))
    if grouped.without_group:
        member.judges_absence = False
    return len(found)


def _has_whole_rows(member: Reconciliation) -> bool:
    """Whether a row of the listing is all there is of its document, for a stream that keeps a state."""
    return member.incremental and member.definition.details is None


def _grouped(member: Reconciliation) -> bool:
    """Whether the rows of the listing are parts of groups."""
    definition = member.definition
    return _has_whole_rows(member) and (definition.group_by is not None or definition.is_deletion_log)


def _pending(members: Sequence[Reconciliation]) -> dict[Any, PendingDetails]:
    by_endpoint: dict[Any, tuple[Endpoint, list[Reconciliation]]] = {}
    for member in members:
        if member.definition.details is not None:
            details = member.definition.details
            by_endpoint.setdefault(details.identity, (details, []))[1].append(member)
    return {identity: PendingDetails(*found) for identity, found in by_endpoint.items()}


def flush_due(members: Iterable[Reconciliation]) -> Iterator[Message]:
    """Sends what is due."""
    for member in members:
        if member.stream.is_due:
            yield from member.stream.flush()


def documents_first(members: Sequence[Reconciliation]) -> list[Reconciliation]:
    """The streams of whole documents before those of their lines, which then need not be built again."""
    ordered = sorted(members, key=lambda member: member.definition.lines is not None)
    for member in ordered:
        member.stream.built.take_lines_from(other.stream.built for other in ordered)
    return ordered
