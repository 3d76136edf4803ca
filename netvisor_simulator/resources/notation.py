"""How values and names are written: as the documents print them, or as replies and clients' code show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from ..assumptions import ApiAssumptions

SEEN_NAMES = {
    # two clients spell these differently (getvendor.nv)
    "IsPartialVatReducePrivileged": "ispartialvatreducedprivileged",
    "IncludeAddressInForeignPayments": "includeaddresssinforeignpayments",
    # a client's name in getpurchaseinvoice.nv
    "DimensionDetailNetvisorKey": "DimensionDetailNameNetvisorKey",
    # a recorded reply of getproduct.nv
    "ProductBookKeepingDetails": "ProductBookkeepingDetails",
    # a client's root of getemployeesalaryparameters.nv
    "employeesalaryparameters": "employeeparameters",
}
SEEN_ATTRIBUTES: dict[str, dict[str, str]] = {
    # a vendor's foreign bank account
    "Country": {"type": "ISO-3166"},
    "CurrencyCode": {"type": "ISO-4217"},
    # the voucher's date in a paycheck, and the group of an employee's additional field
    "date": {"format": "ansi"},
    "group": {"type": "netvisor"},
}
"""Attributes that elements have in clients' code and not in the documents."""
FINNISH_DATES = frozenset({"BeginDate", "EndDate", "AccountingPeriodLockDate", "VatPeriodLockDate", "PurchaseLockDate"})
"""Dates of accountingperiodlist.nv: `31.12.2015` under `format="ansi"` in a recorded reply."""


@dataclass(frozen=True)
class Notation:
    """One way of writing.

    Args:
        decimal: the decimal separator; `mixed`: now a comma, now a point.
        seen: names, attributes and dates as replies and clients' code have them where that differs from the documents.
        empty_wrappers: whether a wrapper without anything in it is written at all.
    """

    decimal: Literal["comma", "point", "mixed"]
    seen: bool
    empty_wrappers: bool

    @classmethod
    def of(cls, assumptions: ApiAssumptions) -> Notation:
        """The notation that the assumptions ask for."""
        return cls(assumptions.decimal, assumptions.notation == "seen", assumptions.empty_wrappers == "empty")

    @cached_property
    def differs(self) -> bool:
        """Whether a name, an attribute or a content may be written otherwise than the documents print it."""
        return self.seen or not self.empty_wrappers

    def number(self, value: Decimal) -> str:
        """A number as text."""
        comma = self.decimal == "comma" or (self.decimal == "mixed" and value.as_tuple().digits[-1] % 2 == 0)
        return f"{value:f}".replace(".", ",") if comma else f"{value:f}"

    def name(self, name: str) -> str:
        """An element's name."""
        return SEEN_NAMES.get(name, name) if self.seen else name

    def attributes(self, name: str, attributes: dict[str, Any] | None) -> dict[str, Any] | None:
        """An element's attributes."""
        return SEEN_ATTRIBUTES.get(name) if self.seen and not attributes else attributes

    def content(self, name: str, content: Any) -> Any:
        """An element's value, or the elements inside."""
        if self.seen and isinstance(content, date) and name in FINNISH_DATES:
            return f"{content.day}.{content.month}.{content.year}"
        if isinstance(content, list) and not self.empty_wrappers:
            return [child for child in content if not _wraps_nothing(child.content)]
        return content


def _wraps_nothing(content: Any) -> bool:
    """Whether there is no value anywhere inside."""
    return isinstance(content, list) and all(_wraps_nothing(child.content) for child in content)
