"""The way from one page of a listing to the next.

Three resources page (getvendor.nv by headers; extendedproductlist.nv and getuserinvitations.nv by attributes), and one
list may be cut at 500 rows, as the source of one client says and Netvisor's own pages do not.
"""

from __future__ import annotations

from source_netvisor.client import Reply, Request
from source_netvisor.row_identity import RowIdentity
from source_netvisor.stream_definition import Ask

NEXT_PAGE_HEADER = "x-netvisor-pagination-next-page"


def following(ask: Ask, request: Request, reply: Reply) -> Request | None:
    """The request for the next page; None after the last.

    Args:
        ask: the listing.
        request: that got the reply.
        reply: one page.
    """
    if ask.page:
        number = _next_page(ask, request, reply)
        return _with(request, ask.page["parameter"], str(number)) if number else None
    if ask.read_on:
        rows, highest = _rows_and_highest_key(ask, reply)
        if rows == int(ask.read_on["rows"]) and highest is not None:
            return _with(request, ask.read_on["parameter"], str(highest))
    return None


def _next_page(ask: Ask, request: Request, reply: Reply) -> int | None:
    present = int(dict(request.parameters).get(ask.page["parameter"], "1"))
    if next(iter(reply.elements(ask.record)), None) is None:
        return None
    if ask.page["says"] == "headers":
        text = reply.headers.get(NEXT_PAGE_HEADER, "").strip()
        return int(text) if text.isdigit() and int(text) > present else None
    count = reply.list_attributes().get("pagecount", "").strip()
    return present + 1 if count.isdigit() and present < int(count) else None


def _rows_and_highest_key(ask: Ask, reply: Reply) -> tuple[int, int | None]:
    identity = RowIdentity(ask)
    keys = [identity.of(element)[0] for element in reply.elements(ask.record)]
    return len(keys), max((key for key in keys if key is not None), default=None)


def _with(request: Request, name: str, value: str) -> Request:
    kept = tuple((known, old) for known, old in request.parameters if known != name)
    return Request(request.resource, (*kept, (name, value)))
