"""All replies of a listing: from page to page, past a cut, and out of a listing that does not end.

Three resources page (getvendor.nv by headers; extendedproductlist.nv and getuserinvitations.nv by attributes). Any
other list may be cut at a number of rows that nobody has documented: one client's source says 500 for one list,
Netvisor's own pages say nothing. So a list whose length is a multiple of 50, from 100 on, is read on above its highest
key until nothing new arrives. One that does not ascend by key (it may be sorted newest first), or that times out, is
asked in halves of its dates. A list that can be asked in neither way is reported as maybe cut.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date, timedelta

from lxml import etree

from source_netvisor import clock, errors
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.row_identity import Identity, RowIdentity
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request
from source_netvisor.parsing.record_text import Row, element_of
from source_netvisor.state.int_bitset import IntBitset

NEXT_PAGE_HEADER = "x-netvisor-pagination-next-page"
TOTAL_COUNT_HEADER = "x-netvisor-pagination-total-count"
MOST_PAGES = 5000
"""More than any company has, even where a page is small; a server that always says "one more" must not keep a sync."""
LONGEST_NUMBER = 9
"""Digits of the number of a page or of rows."""
MOST_TIMEOUTS = 3
"""Times that a list, its half and its quarter may not come in time before it is given up: each costs minutes, and
during an outage no part is fast enough."""
CUT_FROM = 100
CUT_STEP = 50
CUT_UP_TO = 5_000
"""Lengths at which a list may be cut: 100, 150, 200, ..., 5,000. A server that cuts its lists does so to keep replies
small; to read a longer one in halves would cost as much again as the sync."""
SHORTEST_SPAN = 3
"""Days from which on a span of dates can be halved: the halves share a day and its neighbour, since Netvisor's
documents do not say of every list whether bounds belong to the range."""


def looks_cut(rows: int) -> bool:
    """Whether a list of so many rows may have been cut."""
    return CUT_FROM <= rows <= CUT_UP_TO and rows % CUT_STEP == 0


class ListReply:
    """One reply of a listing, and what has been seen of its rows.

    Args:
        reply: the reply.
        endpoint: of the listing.
        identity: finds the rows' keys and dates.
        known: keys of the replies before this one.

    Attributes:
        count: rows, those of earlier replies too.
        keys: of the rows, in their order.
        unkeyed: rows without a key that can be read.
        latest: the latest date of a row's document, as ISO 8601 writes it.
        attributes: of the list element, by normalized names, where pages are announced there.
        digest: of the rows, to find a page that is one of before.
    """

    def __init__(self, reply: Reply, endpoint: Endpoint, identity: RowIdentity, known: IntBitset) -> None:
        self.reply = reply
        self._endpoint = endpoint
        self._identity = identity
        self._known = known
        says = endpoint.page.get("says")
        self.attributes = reply.list_attributes() if says == "attributes" else {}
        self._seen = False
        self._forget()

    def _forget(self) -> None:
        self.count = self.unkeyed = 0
        self.keys: array[int] = array("q")
        self.latest: str | None = None
        self.digest = b""

    def batches(
        self, record: Sequence[str] | None = None, beside: Sequence[str] = ()
    ) -> Iterator[tuple[list[Row], list[Identity]]]:
        """The rows that no earlier reply of the listing had, and beside them each one's key and document's date.

        To look at some hundred rows for one thing after the other takes less than to do everything for each row. A list
        of rows may get shorter meanwhile (`record_splitter.batches`), the other one stays as it is.

        Args:
            record: names of the rows; the endpoint's own where there are several kinds in a reply and none is named.
            beside: as for `Reply.batches`.
        """
        names = tuple(record) if record is not None else self._endpoint.record
        own = names == self._endpoint.record and not self._seen
        if own:
            self._forget()
        content = hashlib.sha256() if self._endpoint.page else None
        for rows in self.reply.batches(names, beside):
            identities = list(map(self._identity.of, rows))
            if len(self._known):
                yield from self._new(rows, identities)
            else:
                yield rows, identities
            if own:
                self._note(rows, identities, content)
        if own:
            self.count = self.unkeyed + len(self.keys)
            self.digest = content.digest() if content is not None else b""
            self._seen = True

    def rows(
        self, record: Sequence[str] | None = None, beside: Sequence[str] = ()
    ) -> Iterator[tuple[Row, int | None, str | None]]:
        """The same, one after the other."""
        for rows, identities in self.batches(record, beside):
            for row, (key, day) in zip(rows, identities, strict=False):
                yield row, key, day

    def _new(self, rows: list[Row], identities: list[Identity]) -> Iterator[tuple[list[Row], list[Identity]]]:
        for row, identity in zip(rows, identities, strict=False):
            if identity[0] is None or identity[0] not in self._known:
                yield [row], [identity]

    def _note(self, rows: list[Row], identities: list[Identity], content: hashlib._Hash | None) -> None:
        for row, (key, day) in zip(rows, identities, strict=False):
            if key is None:
                self.unkeyed += 1
            else:
                self.keys.append(key)
            if day is not None and (self.latest is None or day > self.latest):
                self.latest = day
            if content is not None:
                content.update(b"%d," % key if key is not None else etree.tostring(element_of(row), with_tail=False))

    def look(self) -> None:
        """Goes through the rows, unless somebody has done so."""
        if not self._seen:
            for _ in self.batches(self._endpoint.record, self._endpoint.beside):
                pass

    @property
    def ascends(self) -> bool:
        """Whether each key is higher than the one before; what has no key says nothing."""
        return all(before < after for before, after in zip(self.keys, self.keys[1:], strict=False))


class ListReader:
    """Reads one listing, however many replies it takes.

    Args:
        endpoint: the listing.
        fetch: gives the reply to a request.
        release: what is done with a reply that has been read; by default it is closed.
        today: for spans of dates that have no end; this machine's where none is given.

    Attributes:
        complete: whether each row had a key, and each page that was announced has been read.
        cut_suspected: whether rows may be missing behind a cut that cannot be read past: no absence may be judged.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        fetch: Callable[[Request], Reply],
        release: Callable[[Reply], None] = Reply.close,
        today: date | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._fetch = fetch
        self._release = release
        self._today = today or clock.now().date()
        self._identity = RowIdentity(endpoint)
        self._known = IntBitset()
        # of the reply before, since most lists have no other
        self._latest_keys: array[int] = array("q")
        self._rows = 0
        self.complete = True
        self.cut_suspected = False

    @property
    def rows(self) -> int:
        """Different rows so far."""
        self._remember()
        return self._rows

    def _remember(self) -> None:
        self._rows += sum(map(self._known.add, self._latest_keys))
        self._latest_keys = array("q")

    def replies(self, request: Request) -> Generator[ListReply, None, None]:
        """The replies, one at a time; each is released when the next one is asked for.

        Whoever stops in the middle closes the iterator, and with it the reply.

        Raises:
            NetvisorError: of a call; or the pages contradict themselves, repeat each other, lack rows that they
                announce, or do not end.
        """
        if not self._endpoint.page:
            yield from self._list(request)
            return
        announced = yield from self._pages(request)
        if announced > self.rows:
            # rows may have moved between the pages while they were read
            announced = yield from self._pages(request)
        if announced > self.rows:
            raise errors.unreadable(
                self._endpoint.resource, f"pages with {self.rows} rows, where it announces {announced}"
            )

    def _read(self, request: Request) -> Generator[ListReply, None, ListReply]:
        """One reply: given out, looked at, and counted."""
        reply = self._fetch(request)
        self._remember()
        try:
            one = ListReply(reply, self._endpoint, self._identity, self._known)
            yield one
            one.look()
        finally:
            self._release(reply)
        self._rows += one.unkeyed
        self._latest_keys = one.keys
        if one.unkeyed:
            self.complete = False
        return one

    # --- pages --------------------------------------------------------------------------------------------------------

    def _pages(self, request: Request) -> Generator[ListReply, None, int]:
        """Every page; the value is the number of rows that they announce."""
        met: set[bytes] = set()
        announced, empty_before = 0, False
        for _ in range(MOST_PAGES):
            one = yield from self._read(request)
            number, total = self._said(request, one)
            announced = max(announced, total)
            # a page in the middle may be empty; a server that announces pages without end is not followed into them
            if number is not None and not one.count and empty_before:
                self.complete = False
                number = None
            empty_before = not one.count
            if number is None:
                return announced
            if one.count and one.digest in met:
                raise errors.unreadable(self._endpoint.resource, "a page that repeats an earlier one")
            met.add(one.digest)
            request = _with(request, self._endpoint.page["parameter"], str(number))
        raise errors.too_many_pages(self._endpoint.resource, MOST_PAGES)

    def _said(self, request: Request, one: ListReply) -> tuple[int | None, int]:
        """What a page says: the number of the next one, and of all rows (0: nothing)."""
        present = int(dict(request.parameters).get(self._endpoint.page["parameter"], "1"))
        if self._endpoint.page["says"] == "headers":
            number = self._number(one.reply.headers.get(NEXT_PAGE_HEADER, ""))
            total = self._number(one.reply.headers.get(TOTAL_COUNT_HEADER, "")) or 0
            return (number if number is not None and number > present else None), total
        attributes = one.attributes
        count = self._number(attributes.get("pagecount", ""))
        total = max((self._number(v) or 0 for name, v in attributes.items() if name.endswith("onpages")), default=0)
        if count is None and (one.count or total):
            raise errors.unreadable(self._endpoint.resource, "a page that does not say how many there are")
        return (present + 1 if count is not None and present < count else None), total

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
            raise errors.unreadable(self._endpoint.resource, "a page number that cannot be read")
        return int(text)

    # --- lists that may be cut ----------------------------------------------------------------------------------------

    def _list(self, request: Request, timeouts: int = 0) -> Iterator[ListReply]:
        """The list, or what can be had of it in parts.

        Args:
            request: for the list, or for a part of it.
            timeouts: how often what this is a part of did not come in time.
        """
        try:
            one = yield from self._read(request)
        except NetvisorError as error:
            halves = self._halves(request, None) if error.code == "timeout" and timeouts < MOST_TIMEOUTS else None
            if halves is None:
                raise
            for half in halves:
                yield from self._list(half, timeouts + 1)
        else:
            yield from self._rest(request, one)

    def _rest(self, request: Request, one: ListReply) -> Iterator[ListReply]:
        """What a list has beyond a reply that may have been cut."""
        if not looks_cut(one.count):
            return
        if self._endpoint.read_on and one.ascends and not one.unkeyed:
            ended = yield from self._read_on(request, one.keys[-1])
            if ended:
                return
        halves = self._halves(request, one.latest)
        if halves is None:
            self.cut_suspected = True
            return
        for half in halves:
            part = yield from self._read(half)
            if part.count >= one.count:
                # a shorter one was not cut at the length at which the whole may have been
                yield from self._rest(half, part)

    def _read_on(self, request: Request, above: int) -> Generator[ListReply, None, bool]:
        """What lies above a key, until nothing does; the value is whether that is all there is."""
        parameter = self._endpoint.read_on["parameter"]
        for _ in range(MOST_PAGES):
            one = yield from self._read(_with(request, parameter, str(above)))
            if not one.count:
                return True
            if one.unkeyed or not one.ascends or one.keys[0] <= above:
                # the parameter does not do what it should
                return False
            above = one.keys[-1]
        raise errors.too_many_pages(self._endpoint.resource, MOST_PAGES)

    def _halves(self, request: Request, latest: str | None) -> list[Request] | None:
        """The same request for the earlier and the later half of its dates; None where there are no halves."""
        words = self._endpoint.halve
        given = dict(request.parameters)
        begin = _day(given.get(words.get("begin", ""), ""))
        if begin is None:
            return None
        last = _day(given.get(words["end"], ""))
        # hardly anything is dated in the future, however far the dates reach; the later half has it all the same
        end = max(self._today + timedelta(days=1), _day(latest or "") or begin)
        if last is not None and not begin + timedelta(days=SHORTEST_SPAN) <= end < last:
            end = last
        if (end - begin).days < SHORTEST_SPAN:
            return None
        middle = begin + (end - begin) // 2
        return [
            _with(request, words["end"], (middle + timedelta(days=1)).isoformat()),
            _with(request, words["begin"], middle.isoformat()),
        ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _with(request: Request, name: str, value: str) -> Request:
    kept = tuple((known, old) for known, old in request.parameters if known != name)
    plain = None if request.plain is None else _with(request.plain, name, value)
    return Request(request.resource, (*kept, (name, value)), request.expected, plain)
