"""The first and the last line of a sync's log: by them a night can be read at a glance."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from importlib import metadata

from source_netvisor import clock
from source_netvisor.netvisor.client import Client
from source_netvisor.redaction import safe_text
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync.counted_nouns import counted
from source_netvisor.sync.stream_group import StreamGroup
from source_netvisor.sync_context import SyncContext

PACKAGE = "airbyte-source-netvisor"
LONGEST_NAME = 60


def first_line(groups: Sequence[StreamGroup], context: SyncContext) -> str:
    """Who reads what, since when, and whether lists are compared.

    Args:
        groups: after their planning.
        context: of the sync.
    """
    config = context.config
    company = safe_text(config.company_name, LONGEST_NAME)
    return f"source-netvisor {_version()}, {company} ({config.business_id}): {_mode(groups)}"


def _mode(groups: Sequence[StreamGroup]) -> str:
    members = [member for group in groups for member in group.members if member.incremental]
    if not members:
        return "full refresh"
    states = [member.stream.state for member in members if member.stream.state is not None]
    before = [state.compared for state in states if state.compared is not None]
    if not before:
        return "incremental, first sync"
    positions = [state.position for state in states if state.position is not None]
    last = max([*before, *positions]).astimezone(clock.HELSINKI)
    due = any(member.plan.first_of_day and member.definition.comparison is not None for member in members)
    return f"incremental, last read {last:%Y-%m-%d %H:%M}, comparison {'due' if due else 'not due'}"


@cache
def _version() -> str:
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def last_line(streams: Sequence[StreamSync], client: Client, began: float) -> str:
    """What was read, and what it cost.

    Args:
        streams: all of the sync.
        client: that made the calls.
        began: `time.monotonic` at the beginning.
    """
    new, changed, deleted = (sum(getattr(s.counts, what) for s in streams) for what in ("new", "changed", "deleted"))
    records = "record" if deleted == 1 else "records"
    repeated, unjudged = (sum(getattr(s.counts, what) for s in streams) for what in ("repeated", "unjudged"))
    whole = (f", {repeated:,} sent again" if repeated else "") + (
        f", {unjudged:,} of full refreshes" if unjudged else ""
    )
    failures = [stream.status.failure for stream in streams if stream.status.failure is not None]
    blocked = sum(failure.forbidden for failure in failures)
    problems = [f"{blocked} blocked"] if blocked else []
    problems += [f"{len(failures) - blocked} failed"] if len(failures) > blocked else []
    read = counted(len(streams) - len(failures), "stream")
    also = f" ({', '.join(problems)})" if problems else ""
    return (
        f"Read {read}{also}: {new:,} new, {changed:,} changed, {deleted:,} deleted {records}{whole}; "
        f"{counted(client.calls, 'call')}, {client.received / 1e6:.1f} MB, {time.monotonic() - began:.0f} s."
    )
