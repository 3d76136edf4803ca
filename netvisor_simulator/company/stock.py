"""Products, product groups, warehouses and what is in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from .plan import Plan, cents, mix

FIRST_PRODUCT = 5001


class ProductGroup(NamedTuple):
    """A product group; `father` is None at the top."""

    key: int
    fi: str
    en: str
    se: str
    description: str
    father: int | None


class Warehouse(NamedTuple):
    """An inventory place with its shelves (key, name)."""

    key: int
    name: str
    email: str
    shelves: tuple[tuple[int, str], ...]


class Product(NamedTuple):
    """A product; prices in euros, `price` without VAT."""

    key: int
    code: str
    name: str
    name_en: str
    description: str
    price: Decimal
    vat: Decimal
    purchase_price: Decimal
    unit: str
    group: ProductGroup | None
    ean: str
    stocked: bool
    published: bool
    deleted: bool
    created: datetime
    modified: datetime | None

    @property
    def gross_price(self) -> Decimal:
        """The price with VAT."""
        return (self.price * (100 + self.vat) / 100).quantize(Decimal("0.01"))


class Holding(NamedTuple):
    """How much of a product is in a warehouse."""

    warehouse: Warehouse
    amount: Decimal
    reserved: Decimal
    ordered: Decimal


PRODUCT_GROUPS: tuple[ProductGroup, ...] = (
    ProductGroup(81, "Tavarat", "Goods", "Varor", "Kaikki tavarat", None),
    ProductGroup(82, "Työkalut", "Tools", "Verktyg", "Käsityökalut & koneet", 81),
    ProductGroup(83, "Palvelut", "Services", "Tjänster", "Tuntityö", None),
)
WAREHOUSES: tuple[Warehouse, ...] = (
    Warehouse(91, "Päävarasto, Tampere", "stock1@company.example", ((911, "A1"), (912, "A2"))),
    Warehouse(92, "Sivuvarasto, Turku", "stock2@company.example", ()),
)
_NAMES = (("Vasara", "Hammer"), ("Pöytä", "Table"), ("Asennus", "Installation"), ("Öljy & suodatin", "Oil & filter"))


class Stock:
    """The products as they were at the start, by index.

    Args:
        plan: the company's plan.
        products: how many; None: as fits the company's size.
    """

    def __init__(self, plan: Plan, products: int | None) -> None:
        self._plan = plan
        self.products = products or max(16, min(3000, plan.cycles // 5))
        self._built: dict[int, Product] = {}

    def product(self, index: int) -> Product:
        """The product of an index."""
        if index not in self._built:
            self._built[index] = self._product(index)
        return self._built[index]

    def _product(self, index: int) -> Product:
        bits = mix(self._plan.seed, 3, index)
        days = (self._plan.today - self._plan.start).days
        age = bits // 256 % days if bits % 8 == 0 else days
        created = self._plan.midnight - timedelta(days=max(1, age), hours=-(9 + bits // 4096 % 7))
        vat = (Decimal("25.5"),) * 6 + (Decimal(14), Decimal(10), Decimal(0), Decimal("25.5"))
        fi, en = _NAMES[bits // 5 % len(_NAMES)]
        service = bits // 5 % len(_NAMES) == 2
        price = 500 + bits // 32 % 40000
        return Product(
            FIRST_PRODUCT + index,
            f"{index + 1:05d}",
            f"{fi} {index + 1}",
            f"{en} {index + 1}",
            "Kestävä & käytännöllinen" if index % 3 else "",
            cents(price),
            vat[index % 10],
            cents(price * 6 // 10),
            "h" if service else "kpl",
            None if index % 7 == 6 else PRODUCT_GROUPS[2 if service else index % 2],
            f"64{index:011d}",
            not service,
            index % 9 != 8,
            index % 17 == 16,
            created,
            self._plan.modified(bits // 16, created),
        )

    def holdings(self, key: int) -> tuple[Holding, ...]:
        """What is in the warehouses of a stocked product: one warehouse, or for every third product both."""
        bits = mix(self._plan.seed, 4, key)
        places = WAREHOUSES if key % 3 == 0 else WAREHOUSES[:1]
        return tuple(
            Holding(place, Decimal(bits >> n & 255), Decimal(bits >> n + 8 & 7), cents((bits >> n + 16 & 15) * 50))
            for n, place in enumerate(places)
        )
