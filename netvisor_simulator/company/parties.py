"""Customers and vendors."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from .chart import ACCOUNTS
from .dimensions import CENTRE_TAGS, Tag
from .plan import Plan, mix

FIRST_CUSTOMER = 1001
FIRST_VENDOR = 3001
TOWNS = (("00100", "Helsinki"), ("33100", "Tampere"), ("20100", "Turku"), ("90100", "Oulu"), ("22100", "Maarianhamina"))
_FORMS = ("Oy", "Ky", "& Pojat Oy", "Äyräs Oy", "Tmi", "Östra Ab")


class Office(NamedTuple):
    """A customer's office."""

    key: int
    name: str
    identifier: str


class Customer(NamedTuple):
    """A customer."""

    key: int
    code: str
    business_id: str
    name: str
    name_extension: str
    street: str
    post_number: str
    town: str
    group_key: int | None
    group_name: str | None
    private: bool
    active: bool
    comment: str
    offices: tuple[Office, ...]
    contacts: int
    created: datetime
    modified: datetime | None


class Vendor(NamedTuple):
    """A vendor."""

    key: int
    code: str
    business_id: str
    name: str
    street: str
    post_number: str
    town: str
    country: str
    group_name: str
    foreign: bool
    account: int
    vat: Decimal
    payment_days: int
    tags: tuple[Tag, ...]
    comment: str
    created: datetime
    modified: datetime | None


def business_id(number: int) -> str:
    """A business id with its check digit (weights 7 9 10 5 8 4 2, modulo 11), the next number if there is none."""
    while True:
        number = 1000000 + number % 8999999
        total = sum(int(digit) * weight for digit, weight in zip(f"{number:07d}", (7, 9, 10, 5, 8, 4, 2), strict=True))
        if total % 11 != 1:
            return f"{number:07d}-{(11 - total % 11) % 11}"
        number += 1


class Parties:
    """The customers and vendors as they were at the start, by index.

    Args:
        plan: the company's plan.
        customers: how many customers; None: as fits the company's size.
        vendors: the same of vendors.
    """

    def __init__(self, plan: Plan, customers: int | None, vendors: int | None) -> None:
        self._plan = plan
        self.customers = customers or max(12, min(20000, plan.cycles // 5))
        self.vendors = vendors or max(8, min(20000, plan.cycles // 4))

    def customer(self, index: int) -> Customer:
        """The customer of an index."""
        bits = mix(self._plan.seed, 1, index)
        created, modified = self._moments(bits)
        post_number, town = TOWNS[bits // 7 % len(TOWNS)]
        key = FIRST_CUSTOMER + index
        offices = (Office(700_000 + index, f"Toimipiste {index + 1}", f"TP{index + 1}"),) if index % 4 == 0 else ()
        grouped = index % 3 == 0
        return Customer(
            key,
            str(index + 1) if index % 11 != 10 else "",
            business_id(1234567 + index * 17) if index % 5 else "",
            f"Customer {index + 1} {_FORMS[bits % len(_FORMS)]}",
            "Talousosasto" if index % 6 == 0 else "",
            f"Väylä {bits % 90 + 1}",
            post_number,
            town,
            201 + index % 2 if grouped else None,
            ("Avainasiakkaat", "Julkinen sektori")[index % 2] if grouped else None,
            index % 5 == 0,
            index % 13 != 12,
            "Soita ensin & sovi" if index % 7 == 0 else "",
            offices,
            index % 3,
            created,
            modified,
        )

    def vendor(self, index: int) -> Vendor:
        """The vendor of an index."""
        bits = mix(self._plan.seed, 2, index)
        created, modified = self._moments(bits)
        post_number, town = TOWNS[bits // 7 % len(TOWNS)]
        accounts = (4000, 4000, 4450, 7430, 7230, 8000, 8450, 8560)
        foreign = index % 6 == 5
        return Vendor(
            FIRST_VENDOR + index,
            f"T{index + 1:04d}" if index % 9 != 8 else "",
            "" if foreign else business_id(2345678 + index * 19),
            f"Vendor {index + 1} {_FORMS[bits % len(_FORMS)]}",
            f"Satamakatu {bits % 70 + 1}",
            post_number,
            town,
            "SE" if foreign else "FI",
            "Tavarantoimittajat" if index % 2 else "",
            foreign,
            accounts[index % len(accounts)],
            (Decimal("25.5"), Decimal("25.5"), Decimal(14), Decimal(10), Decimal(0))[bits // 32 % 5],
            (14, 30, 7)[bits // 64 % 3],
            (CENTRE_TAGS[bits // 128 % 5],) if index % 2 == 0 else (),
            "Toimitus vain arkisin" if index % 5 == 0 else "",
            created,
            modified,
        )

    def _moments(self, bits: int) -> tuple[datetime, datetime | None]:
        """Most are as old as the books; one in eight came later, some were modified since."""
        days = (self._plan.today - self._plan.start).days
        age = bits // 256 % days if bits % 8 == 0 else days
        created = self._plan.midnight - timedelta(days=max(1, age), hours=-(8 + bits // 4096 % 8))
        return created, self._plan.modified(bits // 16, created)


def account_name(number: int) -> str:
    """An account's Finnish name."""
    return ACCOUNTS[number].name
