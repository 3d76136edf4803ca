"""How a stream is read, in words: from the manifest's entries for its resources."""

from __future__ import annotations

from source_netvisor.manifest.endpoint import Cadence, Endpoint
from source_netvisor.manifest.stream_definition import StreamDefinition

_WINDOWS = {
    "month": "month by month, by the document's date",
    "month ends": "all month ends from the start date on, up to 120 in a request",
    "24 months": "up to 24 months in a request, from the start date's month to the present one",
    "calendar year": "one calendar year in a request",
}


def sync_modes(definition: StreamDefinition) -> str:
    """`Full refresh` or both."""
    return "Full refresh, incremental" if definition.incremental else "Full refresh"


def deletions(definition: StreamDefinition) -> str:
    """How the destination learns that a record is gone."""
    if definition.deletions:
        return f"`{definition.deletions.resource}` in each sync, and the comparison; sent as `_ab_cdc_deleted_at`"
    if definition.sends_deletions:
        return "found by the comparison, sent as `_ab_cdc_deleted_at`"
    if definition.is_deletion_log:
        return "is itself a list of deletions"
    return "each read is complete"


def first_read(definition: StreamDefinition) -> str:
    """How everything is read."""
    ask = definition.listing
    if definition.is_deletion_log:
        return "what was deleted during the last seven days, which is all that Netvisor remembers"
    parts = []
    if ask.for_each:
        name, values = next(iter(ask.for_each.items()))
        years = "one request for each year from the start date to next year"
        parts.append(years if values == "years" else f"one request for each {name}: {', '.join(values)}")
    elif ask.window:
        parts.append(_WINDOWS.get(ask.window, f"{ask.window} in a request"))
    elif ask.date:
        parts.append("one request from the start date on")
    else:
        parts.append("one request")
    if ask.page:
        parts.append("page by page")
    if ask.read_on:
        parts.append("where a reply may have been cut, it is read on by key")
    if ask.mark:
        only, others = (
            " and ".join(f"`{n}={v}`" for n, v in words.items()) for words in (ask.mark.only, ask.mark.others)
        )
        parts.append(f"`{ask.mark.property}` from the same list with {only}, and one row with {others} as a proof")
    if definition.details:
        parts.append(_details(definition.details))
    return "; ".join(parts)


def _details(ask: Endpoint) -> str:
    if ask.batch > 1:
        text = f"then `{ask.resource}` with {ask.batch} keys in a request"
    else:
        text = f"then `{ask.resource}`, one request for each key"
    return f"{text} and calendar year" if ask.window == "calendar year" else text


def later_reads(definition: StreamDefinition) -> str:
    """What an incremental read asks."""
    if not definition.incremental:
        return "everything, at each sync"
    listing, comparison = definition.listing, definition.comparison
    parts = []
    if listing.changes is not None:
        filters = ", ".join(f"`{name}`" for name in listing.changes)
        parts.append(f"what changed since the last read ({filters})")
    if comparison is not None:
        often = "in each sync" if comparison.cadence is Cadence.EVERY_SYNC else "once a day"
        scope = f"the last {comparison.recent_days} days and later" if comparison.recent_days else "the whole list"
        older = "; older windows by turns, one a day" if comparison.recent_days else ""
        parts.append(f"{often} {scope}, compared with what the destination has{older}")
        if listing.mark:
            parts.append(f"`{listing.mark.property}` with the comparison, and of payments that are new or have changed")
        parts += ["once a day a look at " + ", ".join(f"`{n}={v}`" for n, v in look.items() if "{" not in v)
                  for look in comparison.also]  # fmt: skip
    triggers = definition.compare_after
    after = [endpoint.resource for endpoint in (triggers.deletions, triggers.listing) if endpoint is not None]
    if after:
        parts.append(f"the comparison also when `{after[0]}` has news")
    return "; ".join(parts)


def volume(definition: StreamDefinition) -> str:
    """How many records to expect, roughly."""
    if not definition.incremental:
        return "small"
    return "large" if definition.lines else "medium"
