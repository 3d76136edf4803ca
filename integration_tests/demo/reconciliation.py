"""Do the postings that were read explain the balances that were read?

In each month, the valid voucher lines of an account must add up to what its balance changed by. The balances are read
from another resource than the postings, so a posting lost or counted twice shows here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

ZERO = Decimal(0)


@dataclass(frozen=True)
class Reconciliation:
    """The outcome.

    Args:
        months: how many months were compared.
        accounts: how many accounts have a balance in them.
        compared: how many pairs of account and month.
        turnover: sum of the debit postings of these months.
        differences: (account number, month, postings, change of the balance) where the two are not equal.
    """

    months: int
    accounts: int
    compared: int
    turnover: Decimal
    differences: tuple[tuple[str, str, Decimal, Decimal], ...]


def reconcile(
    lines: Iterable[Mapping[str, Any]], balances: Iterable[Mapping[str, Any]], since: date | None = None
) -> Reconciliation:
    """Compares postings with balances, account by account and month by month.

    Args:
        lines: records of `voucher_lines`.
        balances: records of `account_balances`: at the end of each month, everything before it included.
        since: the first month end to start from; None: the first one there is.
    """
    postings: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    debits: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line["voucher_status"] != "valid":
            continue
        amount = _euros(line["line_sum"])
        month = line["voucher_date"][:7]
        postings[line["account_number"], month] += amount
        debits[month] += max(amount, ZERO)
    by_account: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for balance in balances:
        if since is None or balance["date"] >= since.isoformat():
            by_account[balance["account_number"]][balance["date"]] = _euros(balance["balance"])
    ends = sorted({day for found in by_account.values() for day in found})
    differences = []
    compared = 0
    for account in sorted({*by_account, *(account for account, _ in postings)}):
        # an account without movement has no row
        known = by_account[account]
        for before, end in pairwise(ends):
            compared += 1
            change = known.get(end, ZERO) - known.get(before, ZERO)
            posted = postings.get((account, end[:7]), ZERO)
            if posted != change:
                differences.append((account, end[:7], posted, change))
    turnover = sum((debits[end[:7]] for end in ends[1:]), ZERO)
    return Reconciliation(len(ends) - 1, len(by_account), compared, turnover, tuple(differences))


def _euros(value: float) -> Decimal:
    """The amount to the cent."""
    return Decimal(str(value)).quantize(Decimal("0.01"))
