"""What a sync asks of a listing: one slice is one list, or one window of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum

from source_netvisor import clock
from source_netvisor.changes.windows import Window
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.request import Request
from source_netvisor.sync_context import SyncContext

CHANGES_OVERLAP = timedelta(days=1)
"""Added to the lookback: whether `changedsince`, `lastmodifiedstart` and `deletedsince` include their own day is not
documented."""
LOG_REACHES = timedelta(days=7)
"""How far back a deletion log reaches (articles 766891, 769769, ...)."""


class SliceKind(Enum):
    """Why a list is read; the value is its place in the order."""

    FULL = 0
    """Everything, without a state."""
    COMPARISON = 1
    """To hold it against the ledger; what the ledger has and the list has not is gone."""
    LOOK = 2
    """The same, but what the list lacks says nothing."""
    CHANGES = 3
    """What changed since a moment."""
    LOG = 4
    """Deletions since a moment, as records of a stream."""


@dataclass(frozen=True)
class Slice:
    """One list, or one window of it.

    Args:
        kind: why it is read.
        asked: the requests with the values of their placeholders; several only where the listing is asked for each of
            some values.
        window: the days of the documents that it shows; None: all of them.
        number: of this slice among `count`; the last one, where it is several.
        parts: the slices that it stands for, where it is several.
    """

    kind: SliceKind
    asked: tuple[tuple[Request, tuple[tuple[str, str], ...]], ...]
    window: Window | None = None
    number: int = field(default=1, compare=False)
    count: int = field(default=1, compare=False)
    parts: tuple[Slice, ...] = field(default=(), compare=False)

    @property
    def order(self) -> tuple[int, date]:
        """Comparisons by date, then what changed."""
        return max(self.kind.value, 1), self.window.begin if self.window else date.min

    @property
    def windows(self) -> list[Window]:
        """Its window, or those of its parts."""
        return [one.window for one in self.parts or (self,) if one.window is not None]

    @property
    def requests(self) -> tuple[Request, ...]:
        """What is asked."""
        return tuple(request for request, _ in self.asked)


def dated_slice(
    kind: SliceKind,
    endpoint: Endpoint,
    window: Window,
    context: SyncContext,
    parameters: Mapping[str, str] | None = None,
) -> Slice:
    """A slice of documents by their own date.

    Args:
        kind: why it is read.
        endpoint: of the listing.
        window: the days.
        context: of the sync.
        parameters: instead of the endpoint's `dated` ones.
    """
    extra = endpoint.dated if parameters is None else parameters
    return Slice(kind, _asked(endpoint, extra, window.placeholders(), window.begin, context), window)


def joined(parts: Sequence[Slice], endpoint: Endpoint, context: SyncContext) -> Slice:
    """Slices that follow each other without a gap, as one.

    Args:
        parts: of documents by their own date.
        endpoint: of the listing.
        context: of the sync.
    """
    first, last = parts[0], parts[-1]
    assert first.window is not None and last.window is not None
    whole = dated_slice(first.kind, endpoint, Window(first.window.begin, last.window.end), context)
    return replace(whole, number=last.number, count=last.count, parts=tuple(parts))


def changes_slice(endpoint: Endpoint, since: datetime, context: SyncContext) -> Slice:
    """What changed since the moment, with the configured overlap."""
    day = clock.helsinki_date(since) - timedelta(days=context.config.lookback_days) - CHANGES_OVERLAP
    values = {"since": day.isoformat()}
    return Slice(SliceKind.CHANGES, _asked(endpoint, endpoint.changes or {}, values, day, context))


def log_slice(endpoint: Endpoint, since: datetime, context: SyncContext, earlier: int = 0) -> Slice:
    """What was deleted since the moment, as far back as Netvisor remembers.

    Args:
        endpoint: of the deletion log.
        since: the moment.
        context: of the sync.
        earlier: days by which to stay within Netvisor's limit, should it count the seven days more strictly.
    """
    limit = context.today - LOG_REACHES + timedelta(days=earlier)
    wanted = clock.helsinki_date(since) - timedelta(days=context.config.lookback_days) - CHANGES_OVERLAP
    day = min(max(wanted, limit), context.today)
    values = {"since": day.isoformat()}
    return Slice(SliceKind.LOG, _asked(endpoint, endpoint.changes or {}, values, day, context))


def shorter_log_slice(piece: Slice, endpoint: Endpoint, context: SyncContext) -> Slice | None:
    """The same log for a day less; None where it is not asked for as far back as Netvisor remembers.

    That a log reaches seven days back may mean six full days and a part of the seventh.
    """
    furthest = context.now - LOG_REACHES
    if piece.kind is not SliceKind.LOG or piece.requests != log_slice(endpoint, furthest, context).requests:
        return None
    return log_slice(endpoint, furthest, context, 1)


def numbered(slices: Sequence[Slice]) -> list[Slice]:
    """The same, each with its number."""
    return [Slice(one.kind, one.asked, one.window, number, len(slices)) for number, one in enumerate(slices, 1)]


def _asked(
    endpoint: Endpoint, extra: Mapping[str, str], values: Mapping[str, str], first: date, context: SyncContext
) -> tuple[tuple[Request, tuple[tuple[str, str], ...]], ...]:
    placeholders = {**context.placeholders(), **values}
    combinations: list[dict[str, str]] = [{}]
    for name, choices in endpoint.for_each.items():
        wanted: Sequence[object] = range(first.year, context.today.year + 2) if choices == "years" else choices
        combinations = [{**known, name: str(value)} for known in combinations for value in wanted]
    return tuple(
        (
            endpoint.request(extra, {**placeholders, **combination}),
            tuple({**placeholders, **combination}.items()),
        )
        for combination in combinations
    )
