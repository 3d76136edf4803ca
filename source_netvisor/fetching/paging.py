"""The way from one page of a listing to the next, and out of a listing that does not end.

Three resources page (getvendor.nv by headers; extendedproductlist.nv and getuserinvitations.nv by attributes), and one
list may be cut: at 500 rows, as the source of one client says, while Netvisor's own pages say nothing. So it is read on
after every number of rows at which a list may well be cut, which costs a call where it was not.
"""

from __future__ import annotations

import hashlib
import logging

from lxml import etree

from source_netvisor import errors
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.parsing.record_text import element_of

logger = logging.getLogger("airbyte.source_netvisor")

NEXT_PAGE_HEADER = "x-netvisor-pagination-next-page"
TOTAL_COUNT_HEADER = "x-netvisor-pagination-total-count"
MOST_PAGES = 5000
"""More than any company has, even where a page is small; a server that always says "one more" must not keep a sync."""
LONGEST_NUMBER = 9
"""Digits of the number of a page or of rows."""


class Pages:
    """The pages of one listing, in order.

    Args:
        ask: the listing.
    """

    def __init__(self, ask: Endpoint) -> None:
        self._ask = ask
        self._identity = RowIdentity(ask)
        self._met: set[bytes] = set()
        self._read = 0
        self._rows = 0
        self._empty_before = False

    def following(self, request: Request, reply: Reply) -> Request | None:
        """The request for the next page; None after the last.

        Args:
            request: that got the reply.
            reply: one page.

        Raises:
            NetvisorError: the pages say nothing sensible about the next one, repeat each other, or do not end.
        """
        ask = self._ask
        if not ask.page and not ask.read_on:
            return None
        rows, highest, content = self._look(reply)
        self._read += 1
        self._rows += rows
        if ask.page:
            number = self._next_page(request, reply)
            # a page in the middle may be empty; a server that announces pages without end is not followed into them
            found = _with(request, ask.page["parameter"], str(number)) if number else None
            if not rows and self._empty_before:
                found = None
            self._empty_before = not rows
        else:
            full = rows in ask.read_on["rows"] and highest is not None
            found = _with(request, ask.read_on["parameter"], str(highest)) if full else None
        if found is None:
            self._compare_with_total(reply)
            return None
        if rows and content in self._met:
            raise errors.unreadable(ask.resource, "a page that repeats an earlier one")
        self._met.add(content)
        if self._read >= MOST_PAGES:
            raise errors.too_many_pages(ask.resource, MOST_PAGES)
        return found

    def _look(self, reply: Reply) -> tuple[int, int | None, bytes]:
        """How many rows the page has, their highest key, and a fingerprint of them."""
        rows, highest, content = 0, None, hashlib.sha256()
        for row in reply.rows(self._ask.record):
            rows += 1
            key, _ = self._identity.of(row)
            if key is not None and (highest is None or key > highest):
                highest = key
            content.update(b"%d," % key if key is not None else etree.tostring(element_of(row), with_tail=False))
        return rows, highest, content.digest()

    def _next_page(self, request: Request, reply: Reply) -> int | None:
        present = int(dict(request.parameters).get(self._ask.page["parameter"], "1"))
        if self._ask.page["says"] == "headers":
            number = self._number(reply.headers.get(NEXT_PAGE_HEADER, ""))
            return number if number is not None and number > present else None
        count = self._number(reply.list_attributes().get("pagecount", ""))
        return present + 1 if count is not None and present < count else None

    def _number(self, text: str) -> int | None:
        """The number that a page says; None where it says none.

        Raises:
            NetvisorError: it says something else, and what is behind it would be missing without a word.
        """
        text = text.strip()
        if not text:
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER):
            raise errors.unreadable(self._ask.resource, "a page number that cannot be read")
        return int(text)

    def _compare_with_total(self, reply: Reply) -> None:
        total = reply.headers.get(TOTAL_COUNT_HEADER, "").strip()
        if total.isascii() and total.isdecimal() and len(total) <= LONGEST_NUMBER and int(total) > self._rows:
            logger.warning(
                f"{self._ask.resource}: Netvisor announced {total} rows, and its pages had {self._rows}; if they are "
                "not there after the next sync either, report it."
            )


def _with(request: Request, name: str, value: str) -> Request:
    kept = tuple((known, old) for known, old in request.parameters if known != name)
    return Request(request.resource, (*kept, (name, value)))
