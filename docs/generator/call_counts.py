"""How many calls a sync makes: planned by the connector itself, for a company of a given size.

The lists are the requests that the connector's own plan names, with a state as it is at that moment. What a list leads
to (details, pages) follows from the manifest's endpoints and from the number of documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum

from source_netvisor import clock
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import SliceKind
from source_netvisor.config import NetvisorConfig
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from source_netvisor.state.stream_state import StreamState
from source_netvisor.streams.record_buffer import BATCH
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync.progress import Progress
from source_netvisor.sync.stream_group import StreamGroup
from source_netvisor.sync.sync import in_groups
from source_netvisor.sync_context import SyncContext

HOST = "integration.netvisor.fi"
BUSINESS_ID = "1967543-8"
WHOLE, OF_CHANGES, OF_DELETIONS, LOOKED_THROUGH = "", "of changes", "of deletions", "of one kind"
BY_FILTER = "to tell rows apart"
FIXED = (WHOLE, OF_CHANGES, OF_DELETIONS, LOOKED_THROUGH, BY_FILTER)
"""What lists are read for whose number depends on nothing."""
_NOON = time(12)


class Moment(Enum):
    """Which sync it is."""

    FIRST = "first sync"
    DAILY = "first sync of a day"
    LATER = "later sync"


@dataclass(frozen=True)
class Company:
    """What the number of calls depends on.

    Args:
        start: the start date.
        today: the day of the sync, in Finland.
        documents: resource of the details -> documents that its list has from the start date on.
        pages: resource of a paged list -> its pages, where it has more than one.
        recent: resource of the details -> documents in the windows that are compared daily, for lists in windows.
        unsettled: resource of the details -> those of them that are not settled (unpaid paychecks).
        changed: resource of the details -> documents whose row in the list is new, or another than before.
        named: resource of the details -> documents that the list of changes names besides.
        marks: resource of a list whose rows are marked by a filter -> calls that tell which: 1 where no row is marked,
            2 where some are, none where there are no rows.
        month_size: bytes of the ledger's reply to a month.
    """

    start: date
    today: date
    documents: Mapping[str, int] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    recent: Mapping[str, int] = field(default_factory=dict)
    unsettled: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    month_size: int = 0


@dataclass(frozen=True)
class Term:
    """A part of what a resource is asked.

    Args:
        resource: that is asked.
        words: the formula; `of changes`, say, where `calls` alone is the formula.
        calls: what it comes to.
        fixed: whether it is the same for every company.
    """

    resource: str
    words: str
    calls: int
    fixed: bool = False


def terms(streams: Mapping[str, StreamDefinition], company: Company, moment: Moment) -> list[Term]:
    """What one sync asks.

    Args:
        streams: the selected ones; all that can are read incrementally.
        company: its size.
        moment: which sync it is.
    """
    now = datetime.combine(company.today, _NOON, clock.HELSINKI).astimezone(timezone.utc)
    context = SyncContext(_config(company), now)
    client = Client(context.config)
    downloads, progress = Downloads(client), Progress(client)
    syncs = [StreamSync(one, _state(one, context, moment), context, BATCH) for one in streams.values()]
    found: list[Term] = []
    for members in in_groups(syncs):
        group = StreamGroup(members, downloads, progress, context)
        found += _lists(group, company, moment)
        found += _details(group.members, company, moment, streams)
    return found


def total(found: Sequence[Term]) -> int:
    """All calls."""
    return sum(term.calls for term in found)


def _config(company: Company) -> NetvisorConfig:
    return NetvisorConfig.parse(
        {
            "company_name": "Example", "business_id": BUSINESS_ID, "api_user_id": "x", "api_key": "0" * 32,
            "partner_id": "x", "partner_key": "x", "start_date": company.start.isoformat(),
        },
        {},
    )  # fmt: skip


def _state(definition: StreamDefinition, context: SyncContext, moment: Moment) -> StreamState | None:
    """As the sync before has left it: none, or a day or an hour ago."""
    if not definition.incremental:
        return None
    state = StreamState(BUSINESS_ID, HOST, context.config.start_date)
    if moment is not Moment.FIRST:
        before = context.now - (timedelta(days=1) if moment is Moment.DAILY else timedelta(hours=1))
        state.position = state.compared = state.deletions_until = before
    return state


# --- lists ------------------------------------------------------------------------------------------------------------


def _lists(group: StreamGroup, company: Company, moment: Moment) -> Iterator[Term]:
    asked = group.prepare()
    planned: dict[Request, tuple[Endpoint, SliceKind]] = {}
    for member in group.members:
        for piece in member.plan.slices:
            for request in piece.requests:
                planned.setdefault(request, (member.definition.listing, piece.kind))
    counted: dict[tuple[str, str], int] = {}
    for request in asked:
        endpoint, kind = planned.get(request, (None, SliceKind.LOG))
        words = _words(endpoint, kind, moment) if endpoint is not None else OF_DELETIONS
        whole = kind in (SliceKind.FULL, SliceKind.COMPARISON)
        if endpoint is not None and endpoint.mark is not None and whole:
            counted[request.resource, BY_FILTER] = company.marks.get(request.resource, 0)
        if whole and endpoint is not None and endpoint.window == "month":
            counted[request.resource, words] = group.calls_of_months(company.month_size)
            continue
        pages = company.pages.get(request.resource, 1) if whole else 1
        counted[request.resource, words] = counted.get((request.resource, words), 0) + pages
    return (Term(resource, words, calls, words in FIXED) for (resource, words), calls in counted.items())


def _words(endpoint: Endpoint, kind: SliceKind, moment: Moment) -> str:
    if kind in (SliceKind.LOG, SliceKind.LOOK, SliceKind.CHANGES):
        return {SliceKind.LOG: OF_DELETIONS, SliceKind.LOOK: LOOKED_THROUGH, SliceKind.CHANGES: OF_CHANGES}[kind]
    if endpoint.for_each:
        return "years and the next one" if "years" in endpoint.for_each.values() else WHOLE
    if endpoint.page:
        return "pages"
    whole = moment is Moment.FIRST or endpoint.comparison is None or not endpoint.comparison.recent_days
    return _windows(endpoint, whole, moment)


def _windows(endpoint: Endpoint, whole: bool, moment: Moment) -> str:
    """How many windows: all of them, or the recent ones, daily with those of an older month or year."""
    unit = {
        None: WHOLE, "month": "months together", "month ends": "months / 120", "calendar year": "calendar years",
        "24 months": "calendar years / 2",
    }.get(endpoint.window, f"days / {(endpoint.window or '0').split()[0]}")  # fmt: skip
    if endpoint.window is None or whole:
        return unit
    older = "year" if endpoint.window == "calendar year" else "month"
    return f"recent {unit}" + (f" + an older {older}" if moment is Moment.DAILY else "")


# --- details ----------------------------------------------------------------------------------------------------------


def _details(
    members: Sequence[Reconciliation], company: Company, moment: Moment, streams: Mapping[str, StreamDefinition]
) -> Iterator[Term]:
    wanting: dict[object, tuple[Endpoint, list[Reconciliation]]] = {}
    for member in members:
        details = member.definition.details
        if details is not None:
            wanting.setdefault(details.identity, (details, []))[1].append(member)
    for endpoint, concerned in wanting.values():
        yield _details_of(endpoint, concerned, company, moment, streams)


def _details_of(
    endpoint: Endpoint,
    members: Sequence[Reconciliation],
    company: Company,
    moment: Moment,
    streams: Mapping[str, StreamDefinition],
) -> Term:
    resource = endpoint.resource
    documents = company.documents.get(resource, 0)
    changed, named = company.changed.get(resource, 0), company.named.get(resource, 0)
    recent, unsettled = company.recent.get(resource, 0), company.unsettled.get(resource, 0)
    what = _documents(members[0].definition, streams)
    batches = f"{what} / {endpoint.batch}" if endpoint.batch > 1 else what
    if endpoint.window is not None:
        windows = len(members[0].plan.windows)
        spans = _windows(endpoint, moment is Moment.FIRST, moment)
        return Term(resource, f"{what} times ({spans})", documents * windows)
    if moment is Moment.FIRST or not all(member.incremental for member in members):
        return Term(resource, batches, _batches(documents, endpoint))
    if any(member.definition.settled for member in members):
        later = moment is Moment.LATER
        return Term(resource, f"{'unpaid recent' if later else 'recent'} {what}", unsettled if later else recent)
    if moment is Moment.LATER:
        return Term(resource, f"changed {batches}", _batches(changed + named, endpoint))
    by_turns = min(endpoint.batch, documents - changed)
    # where all the others have their turn, those that the change filter names have had it
    left = named if by_turns == endpoint.batch else 0
    calls = _batches(changed + by_turns, endpoint) + _batches(left, endpoint)
    return Term(resource, f"1 by turns + changed {batches}", calls)


def _batches(documents: int, endpoint: Endpoint) -> int:
    return -(-documents // endpoint.batch)


def _documents(definition: StreamDefinition, streams: Mapping[str, StreamDefinition]) -> str:
    """What the list has: the name of the stream that is made of its rows."""
    listing = definition.listing
    rows = (one for one in streams.values() if one.listing.identity == listing.identity and one.source is one.listing)
    return next((one.name.replace("_", " ") for one in rows if one.lines is None), "documents")
