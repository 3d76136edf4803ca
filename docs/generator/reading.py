"""How a stream is read, in words: from the manifest's entries for its resources."""

from __future__ import annotations

from source_netvisor.manifest.stream_definition import Ask, StreamDefinition

_WINDOWS = {
    "month": "month by month, by the document's date",
    "month ends": "all month ends from the start date on, up to 120 in a request",
    "24 months": "up to 24 months in a request, from the start date's month to the present one",
    "calendar year": "one calendar year in a request",
}


def sync_modes(definition: StreamDefinition) -> str:
    """`Full refresh` or both."""
    return "Full refresh, incremental" if definition.cursor_field else "Full refresh"


def deletions(definition: StreamDefinition) -> str:
    """How the destination learns that a record is gone."""
    if definition.deletions:
        return f"`{definition.deletions.resource}`, sent as `_ab_cdc_deleted_at`"
    if definition.is_register:
        return "compared with the whole list once a day; what is gone, sent as `_ab_cdc_deleted_at`"
    if definition.sends_deletions:
        return "rows that are gone from days read again, sent as `_ab_cdc_deleted_at`"
    if definition.listing.deletion_list:
        return "is itself a list of deletions"
    if definition.cursor_field is None:
        return "each read is complete"
    return "not told by Netvisor"


def first_read(definition: StreamDefinition) -> str:
    """How everything is read."""
    ask = definition.listing
    if ask.deletion_list:
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
    if definition.details:
        parts.append(_details(definition.details))
    return "; ".join(parts)


def _details(ask: Ask) -> str:
    if ask.batch > 1:
        text = f"then `{ask.resource}` with {ask.batch} keys in a request"
    else:
        text = f"then `{ask.resource}`, one request for each key"
    return f"{text} and calendar year" if ask.window == "calendar year" else text


def later_reads(definition: StreamDefinition) -> str:
    """What an incremental read asks."""
    ask = definition.details if definition.details and definition.details.reread_days else definition.listing
    if definition.cursor_field is None:
        return "everything, at each sync"
    if ask.changes is not None:
        filters = ", ".join(f"`{name}`" for name in ask.changes)
        paid = definition.touched_by
        also = f", and documents whose payments in `{paid.listing.resource}` changed" if paid else ""
        new = ", and new documents where that filter leaves them out" if ask.ever_modified is not None else ""
        if definition.invalidated:
            also = ", and once a day which vouchers are invalidated"
        if definition.open_items:
            also = ", and invoices that became overdue or lost a payment"
        return f"what changed since the last read ({filters}){new}{also}"
    older = ", and older days whose rows changed" if ask.compares_older else ""
    within = f"{ask.reread_days} days before the last read"
    return f"everything dated within {within}{older}; Netvisor has no filter for changes"


def volume(definition: StreamDefinition) -> str:
    """How many records to expect, roughly."""
    if definition.cursor_field is None:
        return "small"
    return "large" if definition.lines else "medium"
