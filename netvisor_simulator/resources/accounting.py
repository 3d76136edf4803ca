"""Accounting: chart of accounts, periods, voucher types, balances, dimensions and bank accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ..company.chart import (
    ACCOUNTS,
    CHART,
    DEFAULT_ACCOUNTS,
    DEFAULT_VOUCHER_TYPES,
    VOUCHER_TYPES,
    Account,
    Period,
    VoucherType,
)
from ..company.dimensions import ACCOUNT_DIMENSIONS, DIMENSIONS, AccountDimension, Dimension, DimensionItem
from ..company.terms import BANK_ACCOUNTS, BankAccount
from ..resource import Parameter, Reply, Request, Resource
from .ledger import LEDGER
from .markup import Node, ansi, capital, el, group, listed, many, one_zero, render, whole, wrapped
from .notation import Notation
from .windows import invalid


def _account_list(request: Request) -> Reply:
    """accountlist.nv (77000554190)."""
    defaults = many("CompanyDefaultAccounts", (el(name, number) for name, number in DEFAULT_ACCOUNTS))
    return Reply(whole(request, group("AccountList", defaults, many("Accounts", map(_account, CHART)))))


def _account(account: Account) -> Node:
    names = (("fi", account.name), ("en", account.name_en), ("se", account.name_se))
    return group(
        "Account",
        el("NetvisorKey", account.key),
        el("Number", account.number),
        el("Name", account.name),
        *(el("ForeignName", text, {"ISO-3166": language}) for language, text in names if text),
        el("AccountType", "accountgroup" if account.number is None else "account"),
        el("FatherNetvisorKey", account.father),
        el("IsActive", one_zero(account.active)),
        el("IsCumulative", one_zero(account.cumulative)),
        el("Sort", account.sort),
        el("EndSort", account.end_sort),
        el("IsNaturalNegative", one_zero(account.naturally_negative)),
    )


def _period_list(request: Request) -> Reply:
    """accountingperiodlist.nv (77000554192): periods inside PeriodLockInformation or beside it."""
    locks = request.company.locks()
    lock_nodes = [
        ansi("AccountingPeriodLockDate", locks.accounting),
        ansi("VatPeriodLockDate", locks.vat),
        ansi("PurchaseLockDate", locks.purchases),
    ]
    periods = [_period(period) for period in request.company.periods()]
    if request.assumptions.period_nesting == "inside":
        return Reply(
            whole(request, group("AccountingPeriodList", group("PeriodLockInformation", *lock_nodes, *periods)))
        )
    return Reply(whole(request, group("AccountingPeriodList", group("PeriodLockInformation", *lock_nodes), *periods)))


def _period(period: Period) -> Node:
    return group(
        "Period",
        el("NetvisorKey", period.key),
        el("Name", period.name),
        ansi("BeginDate", period.begin),
        ansi("EndDate", period.end),
    )


def _voucher_type_list(request: Request) -> Reply:
    """vouchertypelist.nv (77000554193)."""
    defaults = many("DefaultVoucherTypes", (group(use, el(key, kind.key)) for use, key, kind in DEFAULT_VOUCHER_TYPES))
    return Reply(whole(request, group("VoucherTypeList", defaults, many("VoucherTypes", map(_type, VOUCHER_TYPES)))))


def _type(kind: VoucherType) -> Node:
    names = (("fi", kind.name), ("en", kind.name_en), ("sv", kind.name_sv))
    return group(
        "VoucherType",
        el("NetvisorKey", kind.key),
        el("Abbreviation", kind.abbreviation),
        el("Name", kind.name),
        *(el("ForeignName", text, {"ISO-639-1": language}) for language, text in names),
    )


def _balances(request: Request) -> Reply:
    """accountbalance.nv (766898): accounts only, groups are not accounts; the languages of names are not told apart."""
    query = request.query
    keys = {query["netvisorkey"]} if "netvisorkey" in query else set(query.get("netvisorkeylist", ()))
    known = {account.key for account in ACCOUNTS.values()}
    if keys - known:
        raise invalid(f"Account not found with Netvisor key {min(keys - known)}")
    days = _days(request)
    notation = Notation.of(request.assumptions)

    def texts() -> Iterator[str]:
        for account in ACCOUNTS.values():
            told = days
            if request.assumptions.empty_balances == "left_out":
                told = [day for day in days if any(request.company.account_turnover(account.number or 0, day))]
            if told and (not keys or account.key in keys):
                yield render(_balance(request, account, told), 2, notation)

    return Reply(wrapped(request, "AccountBalances", texts()))


def _balance(request: Request, account: Account, days: list[date]) -> Node:
    number = account.number or 0
    turnovers = [(day, request.company.account_turnover(number, day)) for day in days]
    return group(
        "Account",
        el("Number", account.number),
        el("Name", account.name),
        *(el("ForeignName", name) for name in (account.name_en, account.name_se) if name),
        *(
            group(
                "AccountBalance",
                el("Debet", turnover.debit),
                el("Kredit", turnover.credit),
                el("Balance", turnover.balance),
                attributes={"Date": day},
            )
            for day, turnover in turnovers
        ),
        attributes={"Netvisorkey": account.key},
    )


def _days(request: Request) -> list[date]:
    """The days of balancedates, or of the range that it spans, in steps of intervaltype."""
    try:
        days = [date.fromisoformat(text) for text in request.query["balancedates"].split(",")]
    except ValueError:
        raise invalid("balancedates must be dates in the form YYYY-MM-DD, separated by commas") from None
    step = request.query.get("intervaltype", 0)
    if step == 0:
        return days
    if len(days) != 2 or days[0] > days[1]:
        raise invalid("balancedates must be the first and last date when intervaltype is given")
    first, last = days
    found = [first]
    day = first
    while (day := _next(day, first, step)) < last:
        found.append(day)
    return [*found, last] if last != first else found


def _next(day: date, first: date, step: int) -> date:
    """The day a step later: day, week, month or year."""
    if step < 3:
        return day + timedelta(days=1 if step == 1 else 7)
    year, month = divmod(day.year * 12 + day.month - 1 + (1 if step == 3 else 12), 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(first.day, last))


def _dimensions(request: Request) -> Reply:
    """dimensionlist.nv (766895): without showhidden neither hidden dimensions nor hidden items."""
    hidden = request.query.get("showhidden", False)
    shown = (_dimension(one, hidden) for one in DIMENSIONS if hidden or not one.hidden)
    return Reply(listed(request, "DimensionNameList", shown))


def _dimension(dimension: Dimension, hidden: bool) -> Node:
    return group(
        "DimensionName",
        el("Netvisorkey", dimension.key),
        el("Name", dimension.name),
        el("IsHidden", capital(dimension.hidden)),
        el("LinkType", 0),
        el("ActivityPeriodStart", dimension.begin) if dimension.begin else None,
        el("ActivityPeriodEnd", dimension.end) if dimension.end else None,
        many("DimensionDetails", (_item(item) for item in dimension.items if hidden or not item.hidden)),
    )


def _item(item: DimensionItem) -> Node:
    return group(
        "DimensionDetail",
        el("Netvisorkey", item.key),
        el("Name", item.name),
        el("Code", item.code) if item.code else None,
        el("Label", item.label) if item.code else None,
        el("IsHidden", capital(item.hidden)),
        el("Level", item.level),
        el("Sort", item.sort),
        el("EndSort", item.end_sort),
        el("FatherID", item.father),
        el("ActivityPeriodStart", item.begin) if item.begin else None,
        el("ActivityPeriodEnd", item.end) if item.end else None,
    )


def _account_dimensions(request: Request) -> Reply:
    """getaccountdimensionlist.nv (766902)."""
    return Reply(listed(request, "AccountFollowUpObjects", map(_follow_up, ACCOUNT_DIMENSIONS)))


def _follow_up(target: AccountDimension) -> Node:
    names = (("fi", target.name), ("en", target.name_en), ("se", target.name_se))
    return group(
        "AccountFollowUpObject",
        el("Netvisorkey", target.key),
        el("Name", target.name),
        *(
            el("ForeignName", text, {"type": "ISO-3166", "foreignnamelanguage": language})
            for language, text in names
            if text
        ),
        many(
            "FollowUpAccounts", (group("FollowUpAccount", el("AccountNetvisorKey", key)) for key in target.account_keys)
        ),
    )


def _bank_accounts(request: Request) -> Reply:
    """getbankaccounts.nv (77000585305): the ledger account's name is in the request's language."""
    return Reply(listed(request, "BankAccounts", (_bank_account(one, request.language) for one in BANK_ACCOUNTS)))


def _bank_account(one: BankAccount, language: str) -> Node:
    account = ACCOUNTS[one.account] if one.account else None
    book = None
    if account:
        name = {"EN": account.name_en, "SE": account.name_se}.get(language) or account.name
        book = group(
            "BookkeepingAccount",
            el("NetvisorKey", account.key),
            el("AccountNumber", account.number),
            el("AccountName", name),
        )
    return group(
        "BankAccount",
        el("Name", one.name),
        el("IBAN", one.iban),
        el("BIC", one.bic),
        el("CurrencyCode", "EUR", {"Type": "ISO-4217"}),
        book,
    )


ACCOUNTING: list[Resource] = [
    LEDGER,
    Resource("accountlist.nv", (), _account_list),
    Resource("accountingperiodlist.nv", (), _period_list),
    Resource("vouchertypelist.nv", (), _voucher_type_list),
    Resource(
        "accountbalance.nv",
        (
            Parameter("netvisorkey", "int"),
            Parameter("netvisorkeylist", "ints"),
            Parameter("balancedates", "text", required=True),
            Parameter("intervaltype", "int", choices=(0, 1, 2, 3, 4)),
        ),
        _balances,
    ),
    Resource("dimensionlist.nv", (Parameter("showhidden", "int", choices=(1,)),), _dimensions),
    Resource("getaccountdimensionlist.nv", (), _account_dimensions),
    Resource("getbankaccounts.nv", (), _bank_accounts),
]
