"""Small registers: bank accounts, payment terms, sales personnel, circulation lists, product qualities, baskets."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .chart import BANK, SECOND_BANK


class BankAccount(NamedTuple):
    """A bank account; `account` is its ledger account."""

    name: str
    iban: str
    bic: str
    account: int | None


class PaymentTerm(NamedTuple):
    """A payment term."""

    key: int
    description: str
    net_days: int
    discount_days: int
    discount_percent: Decimal | None
    default: bool


class SalesPerson(NamedTuple):
    """A salesperson."""

    key: int
    first_name: str
    last_name: str
    provision: Decimal | None


class Basket(NamedTuple):
    """A service basket of contract invoicing; `monthly` in euros without VAT."""

    key: int
    name: str
    begin: str
    end: str
    interval: int
    monthly: Decimal


# IBANs of the Finnish standard's own length; the numbers belong to nobody (all zero but the last ones).
BANK_ACCOUNTS: tuple[BankAccount, ...] = (
    BankAccount("Käyttötili", "FI0200000000000001", "AAAAFIHH", BANK),
    BankAccount("Säästötili", "FI7300000000000002", "BBBBFIHH", SECOND_BANK),
    BankAccount("Kassa & muut", "FI4600000000000003", "AAAAFIHH", None),
)
PAYMENT_TERMS: tuple[PaymentTerm, ...] = (
    PaymentTerm(71, "14 päivää netto", 14, 0, Decimal(0), True),
    PaymentTerm(72, "30 päivää netto, 7 pv -2 %", 30, 7, Decimal(2), False),
    PaymentTerm(73, "7 päivää netto", 7, 0, None, False),
)
SALES_PERSONNEL: tuple[SalesPerson, ...] = (
    SalesPerson(21, "Seller", "1", Decimal("2.5")),
    SalesPerson(22, "Seller", "2", None),
    SalesPerson(23, "Seller", "3", Decimal(5)),
)
PRODUCT_QUALITIES: tuple[tuple[int, str, bool], ...] = (
    (51, "Virheetön", False),
    (52, "Vaurioitunut & palautettu", True),
)
BASKETS: tuple[Basket, ...] = (
    Basket(41, "Ylläpito & tuki", "01.04.2022", "", 30, Decimal("14016.00")),
    Basket(42, "Vuokrasopimus", "01.01.2023", "31.12.2030", 90, Decimal("1250.50")),
)
