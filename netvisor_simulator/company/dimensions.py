"""Dimensions with their items, and account dimensions (follow-up objects of accounts)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from .chart import ACCOUNTS


class DimensionItem(NamedTuple):
    """One item; lines carry its `name`, which is its code and its label where it has a code."""

    key: int
    code: str | None
    label: str
    hidden: bool
    level: int
    sort: int
    end_sort: int
    father: int
    begin: date | None = None
    end: date | None = None

    @property
    def name(self) -> str:
        """The name as lists and lines show it."""
        return f"{self.code} {self.label}" if self.code else self.label


class Dimension(NamedTuple):
    """A dimension (a header with its items)."""

    key: int
    name: str
    hidden: bool
    begin: date | None
    end: date | None
    items: tuple[DimensionItem, ...]


class AccountDimension(NamedTuple):
    """A follow-up object of accounts."""

    key: int
    name: str
    name_en: str | None
    name_se: str | None
    account_keys: tuple[int, ...]


class Tag(NamedTuple):
    """A dimension and its item on a line, by name, as the ledger shows them, and by key, as payroll does."""

    dimension: str
    item: str
    dimension_key: int
    item_key: int


COST_CENTRES = Dimension(
    31,
    "Kustannuspaikka",
    False,
    None,
    None,
    (
        DimensionItem(401, None, "Hallinto", False, 1, 1, 2, 0),
        DimensionItem(402, None, "Myynti", False, 1, 3, 8, 0),
        DimensionItem(403, None, "Myynti Länsi", False, 2, 4, 5, 402),
        DimensionItem(404, None, "Myynti Itä & Pohjoinen", False, 2, 6, 7, 402),
        DimensionItem(405, None, "Tuotanto", False, 1, 9, 10, 0),
        DimensionItem(406, None, "Lakkautettu yksikkö", True, 1, 11, 12, 0, date(2020, 1, 1), date(2024, 12, 31)),
    ),
)
PROJECTS = Dimension(
    32,
    "Projekti",
    False,
    date(2020, 1, 1),
    date(2035, 12, 31),
    (
        DimensionItem(501, "P001", "Verkkosivut", False, 1, 1, 2, 0),
        DimensionItem(502, "P002", "Käyttöönotto", False, 1, 3, 4, 0),
        DimensionItem(503, "P003", "Tutkimus & kehitys", False, 1, 5, 6, 0),
        DimensionItem(504, "P004", "Åland-projekti", True, 1, 7, 8, 0),
    ),
)
OLD_DIMENSION = Dimension(33, "Vanha laskentakohde", True, None, None, ())
DIMENSIONS: tuple[Dimension, ...] = (COST_CENTRES, PROJECTS, OLD_DIMENSION)

ACCOUNT_DIMENSIONS: tuple[AccountDimension, ...] = (
    AccountDimension(61, "Pakettiauto", "Van", "Paketbil", (ACCOUNTS[1160].key, ACCOUNTS[6870].key)),
    AccountDimension(62, "Toimitila", None, None, (ACCOUNTS[7230].key,)),
)

NO_TAGS: tuple[Tag, ...] = ()


def _tag(dimension: Dimension, item: DimensionItem) -> Tag:
    return Tag(dimension.name, item.name, dimension.key, item.key)


CENTRE_TAGS: tuple[Tag, ...] = tuple(_tag(COST_CENTRES, item) for item in COST_CENTRES.items[:5])
PROJECT_TAGS: tuple[Tag, ...] = tuple(_tag(PROJECTS, item) for item in PROJECTS.items[:4])


def _tags(bits: int) -> tuple[Tag, ...]:
    centre = CENTRE_TAGS[bits % 5]
    if bits // 5 % 3 == 0:
        return (centre, PROJECT_TAGS[bits // 15 % 4])
    return NO_TAGS if bits // 5 % 7 == 1 else (centre,)


_TAGS: tuple[tuple[Tag, ...], ...] = tuple(_tags(bits) for bits in range(420))


def tags(bits: int) -> tuple[Tag, ...]:
    """The dimensions of a line: mostly a cost centre, on some lines a project too, on some none."""
    return _TAGS[bits % 420]
