"""What all changes need: new keys, new postings, and documents that must be there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import TypeVar

from .books import Books
from .chart import VoucherType
from .dimensions import tags
from .parties import Vendor
from .vouchers import NO_VAT, Voucher, VoucherLine

_NEW_LINES = 900_000_000
"""From here on the keys of lines that were added later."""
T = TypeVar("T")


def found(document: T | None, key: int) -> T:
    """The document.

    Raises:
        KeyError: there is none.
    """
    if document is None:
        raise KeyError(key)
    return document


class Editor:
    """The books under change, and what the changes of each kind share."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._line_keys = count(_NEW_LINES)
        self._numbers = count(500_001)

    def _voucher(self, key: int) -> Voucher:
        return found(self._books.voucher_store.get(key), key)

    def _vendor(self, key: int | None) -> Vendor:
        store = self._books.vendor_store
        return next(store.living()) if key is None else found(store.get(key), key)

    def _line_block(self) -> int:
        """The first of a run of unused line keys, enough for one document."""
        first = next(self._line_keys)
        for _ in range(15):
            next(self._line_keys)
        return first

    def _lines(self, lines: tuple[tuple[int, Decimal], ...]) -> tuple[VoucherLine, ...]:
        if sum((amount for _, amount in lines), Decimal(0)):
            raise ValueError("a voucher's lines must add up to nothing")
        first = self._line_block()
        return tuple(
            VoucherLine(first + n, amount, f"Rivi {n + 1}", account, NO_VAT, "-", tags(first // 16 + n))
            for n, (account, amount) in enumerate(lines)
        )

    def _post(
        self,
        now: datetime,
        day: date,
        kind: VoucherType,
        text: str,
        lines: tuple[VoucherLine, ...],
        linked_key: int | None,
        linked_type: str,
    ) -> Voucher:
        key = self._books.voucher_store.new_key()
        voucher = Voucher(key, "valid", day, next(self._numbers), text, kind, linked_key, linked_type, lines, now, None)
        self._books.put_voucher(voucher)
        return voucher
