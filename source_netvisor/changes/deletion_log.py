"""The deletion log: which documents Netvisor lists as deleted since it was last read."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta

from lxml import etree

from source_netvisor import clock
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import log_slice, shorter_log_slice
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.replies import Replies
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.parsing.naming import normalize
from source_netvisor.parsing.record_text import element_of
from source_netvisor.records.values import to_date, to_date_time, to_moment
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

CLOCKS_DIFFER = timedelta(hours=1)
"""An entry of the log this much older than the last reading may have been missed by it."""


def read_log(endpoint: Endpoint, members: Sequence[Reconciliation], replies: Replies, context: SyncContext) -> None:
    """Tells the streams which of their groups Netvisor has deleted since they last read the log.

    Args:
        endpoint: of the log.
        members: incremental streams.
        replies: of the group of streams.
        context: of the sync.
    """
    names = ", ".join(member.name for member in members)
    since = min(member.log_position for member in members)
    without_key = 0
    try:
        for key, told in entries(endpoint, since, replies, context):
            if key is None:
                without_key += 1
                continue
            for member in members:
                if is_news(told, member.log_position) and member.stream.group(key) is not None:
                    moment = to_date_time(told) if told else None
                    member.gone[key] = moment if isinstance(moment, str) else None
    except NetvisorError as error:
        if not error.forbidden or error.aborts_sync:
            _note_failure(error, endpoint, members)
            return
        logger.warning(
            f"{names}: deletions cannot be delivered at once, because {endpoint.resource} is blocked "
            "(SERVICE_ACCESS_ERROR); what is deleted in Netvisor stays in the destination until a comparison finds "
            f"it, or the resource is set to Allowed. {error.words}".rstrip()
        )
        return
    if without_key:
        logger.warning(
            f"{names}: {without_key} rows of {endpoint.resource} came without a key that can be read; what they say is "
            "deleted stays in the destination until a comparison finds it."
        )
    for member in members:
        member.log_read = True


def _note_failure(error: NetvisorError, endpoint: Endpoint, members: Sequence[Reconciliation]) -> None:
    """What comes of a log that cannot be read: a first read does not need it."""
    for member in members:
        if error.aborts_sync or len(member.stream.ledger):
            member.problem(error)
        else:
            logger.warning(
                f"{member.name}: {endpoint.resource} could not be read ({error.code}); a first read does not need it, "
                "but later syncs do."
            )


def entries(
    endpoint: Endpoint, since: datetime, replies: Replies, context: SyncContext
) -> Iterator[tuple[int | None, str | None]]:
    """The keys that a deletion log has, with Netvisor's text for the moment.

    Where the request is refused, it is made again for a day less.

    Args:
        endpoint: of the log.
        since: from when on.
        replies: of the group of streams.
        context: of the sync.

    Raises:
        NetvisorError: it cannot be read.
    """
    whole = log_slice(endpoint, since, context)
    shorter = shorter_log_slice(whole, endpoint, context)
    requests = [*whole.requests, *(shorter.requests if shorter else ())]
    for number, one in enumerate(requests, 1):
        try:
            with closing(replies.reader(endpoint, one).replies(one)) as pages:
                for page in pages:
                    for row, key, _ in page.rows():
                        yield key, _delete_date(element_of(row))
        except NetvisorError as error:
            if not error.rejected or number == len(requests):
                raise
        else:
            return


def is_news(told: str | None, since: datetime) -> bool:
    """Whether a deletion came after the log was last read.

    Args:
        told: Netvisor's text for the moment, to the minute, or a day.
        since: when the log was last read.
    """
    moment = to_moment(told)
    if moment is None:
        day = to_date(told) if told else None
        if not isinstance(day, str):
            return True
        moment = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), clock.HELSINKI)
    return moment >= since - CLOCKS_DIFFER


def _delete_date(element: etree._Element) -> str | None:
    for child in element:
        if isinstance(child.tag, str) and normalize(child.tag) == "deletedate":
            return child.text
    return None
