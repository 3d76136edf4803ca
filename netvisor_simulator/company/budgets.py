"""The budget: an amount for each month and profit and loss account."""

from __future__ import annotations

from decimal import Decimal

from .chart import ACCOUNTS, Account
from .plan import cents, mix


def budgeted_accounts() -> list[Account]:
    """The accounts that have a budget: those of profit and loss that are in use."""
    return [account for account in ACCOUNTS.values() if not account.cumulative and account.active]


def budget(seed: int, account: Account, year: int, month: int) -> tuple[Decimal, Decimal]:
    """Sum and VAT of a month, in euros."""
    bits = mix(seed, 61, ((account.number or 0) * 3000 + year) * 12 + month)
    sign = -1 if account.naturally_negative or 3000 <= (account.number or 0) < 4000 else 1
    amount = cents(sign * (100_000 + bits % 2_000_000))
    vat = (amount * Decimal("0.255")).quantize(Decimal("0.01")) if account.number == 3000 else Decimal("0.00")
    return amount, vat
