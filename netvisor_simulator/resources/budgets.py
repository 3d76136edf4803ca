"""Budgets: accountingbudgetaccountlist.nv and accountingbudgetyearbudget.nv.

Both are deprecated, and known from client code only; sums have a decimal point there, as the vendor's own sample
library shows.
"""

from __future__ import annotations

from ..company.budgets import budget, budgeted_accounts
from ..company.chart import Account
from ..resource import Parameter, Reply, Request, Resource
from .markup import Node, el, group, listed, whole

_YEAR = (Parameter("year", "int", choices=tuple(range(1950, 2051)), required=True),)


def _accounts(request: Request) -> Reply:
    rows = (
        group(
            "Account",
            el("NetvisorKey", account.key),
            el("Name", account.name),
            el("Number", account.number),
            el("Group", account.father),
            el("Type", 1),
        )
        for account in budgeted_accounts()
    )
    return Reply(listed(request, "AccountingBudgetAccountList", rows))


def _year(request: Request) -> Reply:
    locked = group("LockedDimension", el("DimensionName", "Projekti"), el("DimensionItemName", "P001 Verkkosivut"))
    rows = (_account(request, account) for account in budgeted_accounts())
    return Reply(whole(request, group("AccountingBudgetAccountBudget", locked, *rows)))


def _account(request: Request, account: Account) -> Node:
    year = request.query["year"]
    months = []
    for month in range(1, 13):
        amount, vat = budget(request.company.plan.seed, account, year, month)
        sums = (el("Sum", str(amount)), el("Vat", str(vat)))
        months.append(group("BudgetMonth", *sums, el("Month", month), el("Year", year)))
    return group(
        "BudgetAccount",
        el("AccountNumber", account.number),
        el("AccountName", account.name),
        el("AccountGroup", account.father),
        *months,
    )


BUDGETS: list[Resource] = [
    Resource("accountingbudgetaccountlist.nv", _YEAR, _accounts),
    Resource("accountingbudgetyearbudget.nv", _YEAR, _year),
]
