"""Lists of other documents whose news makes a comparison due: payments change invoices without Netvisor saying so."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import closing

from source_netvisor.changes.deletion_log import entries, is_news
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import SliceKind, dated_slice, log_slice
from source_netvisor.changes.windows import windows
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.replies import Replies
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.request import Request
from source_netvisor.parsing.fingerprint import fingerprint
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

_CHECKSUM_BITS = 48


def list_request(endpoint: Endpoint, member: Reconciliation, context: SyncContext) -> Request:
    """What is asked of the list that triggers a comparison."""
    window = windows(endpoint, member.stream.start, context.today)[0]
    return dated_slice(SliceKind.COMPARISON, endpoint, window, context).requests[0]


def follow_lists(members: Sequence[Reconciliation], replies: Replies, context: SyncContext) -> None:
    """Makes comparisons due where the other list is not what it was.

    Args:
        members: incremental streams that are compared after another list.
        replies: of the group of streams.
        context: of the sync.
    """
    by_request: dict[Request, list[Reconciliation]] = {}
    for member in members:
        endpoint = member.definition.compare_after.listing
        if endpoint is not None:
            by_request.setdefault(list_request(endpoint, member, context), []).append(member)
    for request, concerned in by_request.items():
        endpoint = concerned[0].definition.compare_after.listing
        if endpoint is None:
            continue
        try:
            with closing(replies.reader(endpoint, request).replies(request)) as pages:
                checksum = sum(fingerprint(row) for page in pages for row, _, _ in page.rows()) % (1 << _CHECKSUM_BITS)
        except NetvisorError as error:
            _compare_unseen(concerned, endpoint, error)
            continue
        for member in concerned:
            member.checksum = checksum
            state = member.stream.state
            if state is not None and state.triggers.get(endpoint.resource) != checksum and not member.plan.compares:
                member.prepare(due=True)


def log_requests(members: Iterable[Reconciliation], context: SyncContext) -> dict[Request, list[Reconciliation]]:
    """What is asked of the logs whose news trigger comparisons, with the streams that are not compared anyway."""
    by_request: dict[Request, list[Reconciliation]] = {}
    for member in members:
        endpoint, state = member.definition.compare_after.deletions, member.stream.state
        if endpoint is not None and state is not None and state.position is not None and not member.plan.compares:
            request = log_slice(endpoint, state.position, context).requests[0]
            by_request.setdefault(request, []).append(member)
    return by_request


def follow_deletions(members: Iterable[Reconciliation], replies: Replies, context: SyncContext) -> None:
    """Makes comparisons due where other documents have been deleted.

    Args:
        members: incremental streams, of which some are compared after deletions of other documents.
        replies: of the group of streams.
        context: of the sync.
    """
    for concerned in log_requests(members, context).values():
        endpoint = concerned[0].definition.compare_after.deletions
        if endpoint is None:
            continue
        positions = [one.stream.state.position or context.now for one in concerned if one.stream.state is not None]
        try:
            # the whole list is read, so that a later reader of the same reply finds it complete
            deletions = [when for _, when in entries(endpoint, min(positions), replies, context)]
        except NetvisorError as error:
            _compare_unseen(concerned, endpoint, error)
            continue
        for member, position in zip(concerned, positions, strict=True):
            if any(is_news(when, position) for when in deletions):
                member.prepare(due=True)


def _compare_unseen(members: Sequence[Reconciliation], endpoint: Endpoint, error: NetvisorError) -> None:
    """Without the other list, nothing says that nothing changed."""
    if error.aborts_sync:
        raise error
    names = ", ".join(member.name for member in members)
    logger.warning(
        f"{names}: {endpoint.resource} could not be read ({error.code}), which tells of changes that no other list "
        "has; the whole list is compared instead."
    )
    for member in members:
        if not member.plan.compares:
            member.prepare(due=True)
