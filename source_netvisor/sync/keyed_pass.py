"""Documents that a window does not show any more, asked for by key: their date may have been moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.detail_batches import DetailBatches
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.netvisor.reply import Reply
from source_netvisor.sync_context import SyncContext


def days_by_key(
    members: Sequence[Reconciliation], keys: Sequence[int], downloads: Downloads, context: SyncContext
) -> set[date]:
    """The days of the documents that are still there; what does not answer is gone.

    The documents themselves are then read with the windows of these days: a request for keys takes no other parameter
    (article 766887), so its reply lacks what the listing's parameters bring.

    Args:
        members: streams of one listing that can be asked by key.
        keys: of the documents.
        downloads: where replies come from.
        context: of the sync.

    Raises:
        NetvisorError: one that concerns every stream of the sync.
    """
    endpoint = replace(members[0].definition.listing, parameters={}, optional={})
    # one that is there shows that it is the keys, and not the request, that Netvisor refuses
    there = next(iter(members[0].alive), None)
    asked = list(keys) if there is None else [there, *keys]
    batches = DetailBatches(endpoint, (), downloads, context.placeholders())
    days: set[date] = set()
    try:
        for batch in batches.each(
            asked[start : start + endpoint.batch] for start in range(0, len(asked), endpoint.batch)
        ):
            for reply, _ in batches.replies(batch):
                try:
                    days |= _days(reply, members, set(keys))
                finally:
                    reply.close()
    except NetvisorError as error:
        if error.aborts_sync:
            raise
        for member in members:
            member.problem(error)
    return days


def _days(reply: Reply, members: Sequence[Reconciliation], missing: set[int]) -> set[date]:
    endpoint = members[0].definition.listing
    identity = RowIdentity(endpoint)
    days: set[date] = set()
    for row in reply.rows(endpoint.record):
        key, day = identity.of(row)
        for member in members:
            if key is None:
                # it may be any of those asked for
                member.comparison_failed = True
            elif key in missing and not member.stream.is_deleted(row) and member.shows(key, day) and day is not None:
                days.add(date.fromisoformat(day))
    return days
