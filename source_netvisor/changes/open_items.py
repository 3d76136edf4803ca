"""Invoices with something left to pay, and what the warehouse knows of them.

`includemodifiedpayments` brings the invoices whose payments were added or changed (article 77000554148). Other things
change an invoice's row without that: a payment that is deleted, a payment that is taken off, or allocated to another
invoice, of which only the other one has a changed payment, the day after the due date, on which an open invoice becomes
overdue, and perhaps a reminder. So the connector remembers of each open invoice what its row said, and looks again once
a day, and when there is another reason to.

An open invoice takes about four bytes in the state; one of which nothing is open takes none.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from source_netvisor.manifest.stream_definition import OpenItemsWords
from source_netvisor.parsing.record_text import Row
from source_netvisor.records.record_builder import RecordBuilder
from source_netvisor.records.values import to_moment
from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.state.key_set import KeySet

_MARK = 24
"""Bits of an item."""
CLOCKS_DIFFER = timedelta(hours=1)
"""By which this machine's clock may be ahead of Netvisor's."""
UNPAID = 1
CLOSED = 0
"""The item of an invoice of which nothing is open, or whose row does not say."""


@dataclass
class KnownOpenItems:
    """What a stream's state says.

    Args:
        until: the moment at which the sync began that looked last.
        items: open invoice -> its item.
        newer: the same, put over them by a sync that is under way.
        deleted_payments: those that the list of deletions named then; None: it could not be read. A first read does not
            ask for it: what was deleted before it is no news.
        look: which invoices a sync was about to look at: `open`, `all`, or None.
        unsettled: invoices that it may have sent with another item than `items` has.
    """

    until: datetime
    items: DeliveredKeys = field(default_factory=DeliveredKeys)
    deleted_payments: list[int] | None = field(default_factory=list)
    look: str | None = None
    unsettled: list[int] = field(default_factory=list)
    newer: DeliveredKeys = field(default_factory=DeliveredKeys)

    def is_news(self, payment: int, deleted_at: str | None) -> bool:
        """Whether the list of deletions names a payment that was deleted since.

        Args:
            payment: its key.
            deleted_at: Netvisor's text for the moment.
        """
        if self.deleted_payments is None:
            return True
        moment = to_moment(deleted_at)
        before = moment is not None and moment < self.until - CLOCKS_DIFFER
        return payment not in self.deleted_payments and not before

    def to_json(self, until: str) -> dict[str, Any]:
        """As the state carries it."""
        value: dict[str, Any] = {
            "until": until, "items": [*self.items.to_json(), *self.newer.to_json()],
            "deleted_payments": self.deleted_payments,
        }  # fmt: skip
        if self.look:
            value["look"] = self.look
        if self.unsettled:
            value["unsettled"] = self.unsettled
        return value

    @staticmethod
    def from_json(saved: Mapping[str, Any], until: datetime) -> KnownOpenItems:
        """What `to_json` gave.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        deleted, unsettled, look = saved["deleted_payments"], saved.get("unsettled", []), saved.get("look")
        if not all(isinstance(key, int) for key in (*(deleted or ()), *unsettled)) or look not in (None, "open", "all"):
            raise ValueError("not what was saved")
        return KnownOpenItems(until, DeliveredKeys(saved["items"]), deleted, look, list(unsettled))


class ItemReader:
    """Reads items from rows of the list of invoices.

    Args:
        words: where a row says what.
    """

    def __init__(self, words: OpenItemsWords) -> None:
        names = [f"part_{number}" for number in range(len(words.status))]
        types = {**dict.fromkeys(names, "string"), "open_sum": "number"}
        properties: dict[str, Any] = {name: {"type": ["null", kind]} for name, kind in types.items()}
        places = {**dict(zip(names, words.status, strict=True)), "open_sum": words.open_sum}
        self._builder = RecordBuilder({"properties": properties}, (), places, exclusive=True)
        self._names = (*names, "open_sum")
        self._statuses = names
        self._unpaid = words.unpaid_statuses

    def of(self, row: Row) -> int:
        """The item: a checksum of the status and the open sum, never `CLOSED` where a sum is open.

        Its last bit says whether the list of unpaid invoices has one of this status.
        """
        record = self._builder.build(row)
        if not record.get("open_sum"):
            return CLOSED
        told = "\n".join(str(record.get(name)) for name in self._names)
        unpaid = any(str(record.get(name)).lower() in self._unpaid for name in self._statuses)
        item = zlib.crc32(told.encode()) >> (32 - _MARK) | UNPAID
        return item if unpaid else item ^ UNPAID or UNPAID << 1


class OpenItems:
    """One stream's items during one sync.

    Args:
        known: from the state; None: nothing is known.

    Attributes:
        complete: every invoice has been listed in this sync.
        stale: invoices that were sent by a sync that was killed, and whose rows are others since.
    """

    def __init__(self, known: KnownOpenItems | None) -> None:
        self.known = known
        self.complete = False
        self.stale = KeySet()
        # most of a first read's rows come once: two arrays take a tenth of a dictionary
        self._noted, self._keys, self._items = KeySet(), array("q"), array("q")
        self._later: dict[int, int] = {}
        self._unsettled = set(known.unsettled) if known else set()
        self._before: dict[int, int] | None = None
        self._now: dict[int, int] | None = None
        self._read: list[tuple[int, int]] | None = None

    def note_change(self, key: int, item: int) -> bool:
        """An invoice that an earlier sync had sent is sent with this item; whether it had another one."""
        differs = self.known is not None and self._item_before(key) != item
        self.note(key, item)
        return differs

    def note(self, key: int, item: int) -> None:
        """An invoice is sent with this item."""
        if self._noted.add(key):
            self._keys.append(key)
            self._items.append(item)
        else:
            self._later[key] = item
        self._unsettled.discard(key)
        self._read = None

    def note_sent_before(self, key: int, item: int) -> None:
        """An invoice that a killed sync had sent is listed again with this item."""
        if self._item_before(key) != item or key in self._unsettled:
            self.stale.add(key)
        self.note(key, item)

    def details_read(self, after: int | None, key: int) -> None:
        """The details of invoices above one key and up to another have been sent: that is known from now on."""
        if self.known is None:
            return
        if self._read is None:
            self._read = sorted(zip(self._keys, self._items, strict=True), reverse=True)
        while self._read and self._read[-1][0] <= key:
            number, item = self._read.pop()
            if after is None or number > after:
                self.known.newer.put(number, (self._later.get(number, item),))

    def differs(self, key: int, item: int) -> bool:
        """Whether the warehouse may have the invoice with another item, after all that was noted so far; notes it."""
        if self._now is None:
            self._now = dict(self._all())
        if self._now.get(key, CLOSED) == item and key not in self._unsettled:
            return False
        self.note(key, item)
        self._now[key] = item
        return True

    def missing(self, met: KeySet, delivered: KeySet) -> list[int]:
        """Invoices that a list of all unpaid ones lacks, although they were sent as such and have not come since.

        Args:
            met: the keys of the list.
            delivered: the invoices that the warehouse has.
        """
        return [
            key
            for key, item in self._all()
            if item & UNPAID and key not in met and key not in self._noted and key in delivered
        ]

    def settled(self, delivered: KeySet, until: datetime, deleted: list[int] | None) -> KnownOpenItems:
        """What is known after the sync.

        Args:
            delivered: the invoices that the warehouse has.
            until: the moment at which the sync began.
            deleted: payments of the list of deletions.
        """
        items = DeliveredKeys()
        for key, item in self._all():
            if item != CLOSED and key in delivered:
                items.put(key, (item,))
        return KnownOpenItems(until, items, deleted)

    def _item_before(self, key: int) -> int:
        if self._before is None:
            self._before = dict(_each(self.known))
        return self._before.get(key, CLOSED)

    def _all(self) -> Iterator[tuple[int, int]]:
        for key, item in _each(self.known) if not self.complete else ():
            if key not in self._noted:
                yield key, item
        for key, item in zip(self._keys, self._items, strict=True):
            yield key, self._later.get(key, item)


def _each(known: KnownOpenItems | None) -> Iterator[tuple[int, int]]:
    if known is not None:
        yield from ((key, lines[0]) for key, lines in known.items.each() if lines)
