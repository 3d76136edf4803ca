"""Documents that a window does not show any more, asked for by key: their date may have been moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.detail_batches import DetailBatches
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.netvisor.client import Reply
from source_netvisor.protocol.messages import Message
from source_netvisor.sync.listed import Listed
from source_netvisor.sync.listing_pass import documents_first, flush_due
from source_netvisor.sync_context import SyncContext


def ask_by_key(
    members: Sequence[Reconciliation], keys: Sequence[int], downloads: Downloads, context: SyncContext
) -> Iterator[Message]:
    """Sends what answers and is dated within the table's range; what does not answer is gone.

    Args:
        members: streams of one listing that can be asked by key.
        keys: of the documents.
        downloads: where replies come from.
        context: of the sync.

    Raises:
        NetvisorError: one that concerns every stream of the sync.
    """
    endpoint = members[0].definition.listing
    ordered = documents_first(members)
    batches = DetailBatches(endpoint, (), downloads, context.placeholders())
    size = endpoint.batch
    try:
        for batch in batches.each(list(keys[start : start + size]) for start in range(0, len(keys), size)):
            for reply, placeholders in batches.replies(batch):
                try:
                    _take_reply(reply, ordered, placeholders)
                finally:
                    reply.close()
                yield from flush_due(ordered)
    except NetvisorError as error:
        if error.aborts_sync:
            raise
        for member in members:
            member.problem(error)


def _take_reply(reply: Reply, members: Sequence[Reconciliation], placeholders: dict[str, str]) -> None:
    endpoint = members[0].definition.listing
    identity = RowIdentity(endpoint)
    for row in reply.rows(endpoint.record):
        key, day = identity.of(row)
        if key is None:
            for member in members:
                # it may be any of those asked for
                member.comparison_failed = True
            continue
        listed = Listed(row, key, day)
        for member in members:
            if not member.shows(key, day) or key in member.handled or member.knows(key, listed.fingerprint):
                continue
            words = {name: value for name, value in placeholders.items() if name != "key"}
            if member.stream.send_group(key, listed.fingerprint, listed.month, row, words):
                member.handled.add(key)
            else:
                member.is_deleted(key)
