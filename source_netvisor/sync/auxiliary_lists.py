"""The lists that give a group no records: they say what was deleted, and what makes a comparison due."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from source_netvisor import clock
from source_netvisor.changes import triggers
from source_netvisor.changes.deletion_log import read_log
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import LOG_REACHES, log_slice
from source_netvisor.fetching.replies import Replies
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.request import Request
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")


class AuxiliaryLists:
    """Reads those of one group.

    Args:
        members: the streams.
        replies: of the group.
        context: of the sync.
    """

    def __init__(self, members: Sequence[Reconciliation], replies: Replies, context: SyncContext) -> None:
        self._members = members
        self._replies = replies
        self._context = context

    def requests(self) -> list[Request]:
        """What is asked, once for each time that it is read."""
        requests: list[Request] = []
        for members in self._logs().values():
            since = min(member.log_position for member in members)
            requests += log_slice(_log_of(members), since, self._context).requests
        for member in self._members:
            endpoint = member.definition.compare_after.listing
            if endpoint is not None and member.incremental:
                requests.append(triggers.list_request(endpoint, member, self._context))
        return [*dict.fromkeys(requests), *triggers.log_requests(self._members, self._context)]

    def read(self) -> None:
        """Tells the streams what the lists say.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        for members in self._logs().values():
            read_log(_log_of(members), members, self._replies, self._context)
            for member in members:
                failure = member.stream.status.failure
                if failure is not None and failure.aborts_sync:
                    raise failure
        incremental = [member for member in self._members if member.incremental]
        triggers.follow_lists(incremental, self._replies, self._context)
        triggers.follow_deletions(incremental, self._replies, self._context)

    def report_gaps(self) -> None:
        """Warns of deletion logs that have forgotten deletions since they were last read."""
        for log in self._logs().values():
            members = [member for member in log if member.log_has_gap]
            if not members:
                continue
            since = min(clock.helsinki_date(member.log_position) for member in members)
            names = ", ".join(member.name for member in members)
            logger.warning(
                f"{names}: the last sync was on {since}, and Netvisor lists deletions of the last {LOG_REACHES.days} "
                f"days only ({_log_of(members).resource}); everything from {members[0].stream.start} on is "
                "compared, and what is gone is deleted. To avoid this, sync at least every six days."
            )

    def _logs(self) -> dict[Any, list[Reconciliation]]:
        """The streams of each deletion log."""
        found: dict[Any, list[Reconciliation]] = {}
        for member in self._members:
            if member.incremental and member.definition.deletions is not None:
                found.setdefault(member.definition.deletions.identity, []).append(member)
        return found


def _log_of(members: Sequence[Reconciliation]) -> Endpoint:
    return next(member.definition.deletions for member in members if member.definition.deletions)
