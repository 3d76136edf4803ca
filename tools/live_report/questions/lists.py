"""Where lists are cut, how they are sorted, and what an empty one is like."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from lxml import etree

from source_netvisor.fetching.paging import CUT_UP_TO, looks_cut
from tools.live_report import patterns
from tools.live_report.document import name_of, text_of
from tools.live_report.questions.finding import Company, Finding, dates_of, keys_of

ALWAYS = "2000-01-01"
"""A day before every document."""


def list_cap(company: Company) -> Finding:
    """The whole list of invoices, and what of it only other requests show: above its highest key, and at either end.

    A list may be cut at its newest or at its oldest rows. One that is shorter than Netvisor's limit is not cut, so what
    a list shows holds for lists up to its own length only.
    """
    name, question = "list_cap", "Is a list of sales invoices cut after a number of rows?"
    whole = company.asked("salesinvoicelist.nv", {"begininvoicedate": ALWAYS}, "SalesInvoice")
    keys = keys_of(whole or [])
    if not whole or not keys:
        return Finding(name, question, "", "no sales invoices")
    hundreds = f"{len(keys) // 100} hundred" if len(keys) % 100 == 0 else "a number that is no hundred"
    lacking = _lacking(company, whole, keys)
    if lacking:
        return Finding(name, question, "yes", f"{lacking} are not in the whole list, which has {hundreds}")
    how = "other requests show no row that the whole list lacks"
    if len(keys) > CUT_UP_TO:
        return Finding(name, question, "no", how)
    if looks_cut(len(keys)):
        return Finding(name, question, "", f"{how}, but it has {hundreds}, a number at which lists are cut")
    return Finding(
        name, question, f"no, as far as {patterns.rows(len(keys))} rows show", f"{how}; a longer one may be cut"
    )


def _lacking(company: Company, whole: list[etree._Element], keys: list[int]) -> str:
    """Which rows the whole list lacks, in words; empty: none that another request shows."""
    known = set(keys)
    recent = keys_of(company.rows("salesinvoicelist.nv", "SalesInvoice"))
    if set(recent) - known:
        return "rows of the last three months"
    above = {"begininvoicedate": ALWAYS, "invoicesabovenetvisorkey": str(max(keys))}
    if any(key > max(keys) for key in keys_of(company.asked("salesinvoicelist.nv", above, "SalesInvoice") or [])):
        return "rows above its highest key"
    days = [day for row in whole if (day := dates_of(row, "InvoiceDate"))]
    if not days:
        return ""
    # a day more at the end, should the bound not belong to the range
    until = {"begininvoicedate": ALWAYS, "endinvoicedate": (min(days) + timedelta(days=1)).isoformat()}
    earlier = keys_of(company.asked("salesinvoicelist.nv", until, "SalesInvoice") or [])
    return "rows of its earliest days, and before," if set(earlier) - known else ""


def order_of_keys(company: Company) -> Finding:
    """The order of rows in their list."""
    shown = []
    lists = (
        ("salesinvoicelist.nv", "SalesInvoice"),
        ("purchaseinvoicelist.nv", "PurchaseInvoice"),
        ("accountingledger.nv", "Voucher"),
        ("customerlist.nv", "Customer"),
        ("productlist.nv", "Product"),
    )
    for resource, record in lists:
        keys = keys_of(company.rows(resource, record))
        if len(keys) > 2:
            shown.append(f"{resource} {_order(keys)}")
    return Finding("order_of_lists", "How are lists sorted?", "; ".join(shown), "the keys in the order of the rows")


def _order(keys: list[int]) -> str:
    if all(one < other for one, other in pairwise(keys)):
        return "by rising key"
    return "by falling key" if all(one > other for one, other in pairwise(keys)) else "not by key"


def keys_by_date(company: Company) -> Finding:
    """Whether a later document has a higher key."""
    question = "Do keys rise with the documents' dates?"
    rows = company.rows("salesinvoicelist.nv", "SalesInvoice")
    found = [(day, keys_of([row])[0]) for row in rows if (day := dates_of(row, "InvoiceDate")) and keys_of([row])]
    found.sort()
    if len(found) < 3:
        return Finding("keys_by_date", question, "", "fewer than three sales invoices")
    rising = sum(one[1] < other[1] for one, other in pairwise(found) if one[0] != other[0])
    total = sum(one[0] != other[0] for one, other in pairwise(found))
    answer = "yes" if rising == total else "mostly" if rising * 10 >= total * 9 else "no"
    return Finding("keys_by_date", question, answer, "neighbouring sales invoices by date")


def empty_list(company: Company) -> Finding:
    """A list of invoices of ten years ahead."""
    name, question = "empty_list", "Is an empty list an empty element, or missing?"
    parameters = {"begininvoicedate": company.far_ahead, "endinvoicedate": company.far_ahead}
    answer = company.netvisor.ask("salesinvoicelist.nv", parameters)
    if not answer.ok or answer.document is None:
        return Finding(name, question, "", "the list was not answered")
    elements = list(answer.document.payload())
    return Finding(name, question, "element" if elements else "missing", "sales invoices of a day ten years ahead")


def period_nesting(company: Company) -> Finding:
    """Where the accounting periods stand."""
    name = "period_nesting"
    question = "Do the accounting periods stand inside the element of the locks, or beside it?"
    rows = company.rows("accountingperiodlist.nv", "Period")
    if not rows:
        return Finding(name, question, "", "no accounting periods")
    inside = {name_of(one) for row in rows for one in row.iterancestors()}
    return Finding(name, question, "inside" if "periodlockinformation" in inside else "sibling", "the list of periods")


def empty_balances(company: Company) -> Finding:
    """Accounts of the chart that have no balances, and balances without anything posted."""
    name = "empty_balances"
    question = "Does accountbalance.nv list accounts of which nothing was ever posted?"
    chart = {text_of(row, "NetvisorKey") for row in company.rows("accountlist.nv", "Account") if _is_account(row)}
    rows = company.rows("accountbalance.nv", "Account")
    listed = {text_of(row, "NetvisorKey") for row in rows}
    if not chart or not listed:
        return Finding(name, question, "", "no accounts or no balances")
    if chart - listed:
        return Finding(name, question, "left_out", "accounts of the chart that have no balances")
    blank = [row for row in rows if all(not _amount(one) for one in _balances(row, "Debet", "Kredit"))]
    return Finding(name, question, "listed" if blank else "", "accounts whose debit and credit are zero on every day")


def balances_of_a_year(company: Company) -> Finding:
    """Balances on the last day of a year and on the first of the next, by the kind of account."""
    question = "Do balances begin at zero with a year?"
    cumulative = {
        text_of(row, "NetvisorKey"): text_of(row, "IsCumulative").lower() in ("1", "true", "yes")
        for row in company.rows("accountlist.nv", "Account")
        if _is_account(row)
    }
    kept: dict[bool, list[bool]] = {True: [], False: []}
    for row in company.rows("accountbalance.nv", "Account"):
        sums = [_amount(text) for text in _balances(row, "Balance")]
        key = text_of(row, "NetvisorKey")
        if len(sums) >= 2 and abs(sums[0]) >= 1 and key in cumulative:
            kept[cumulative[key]].append(abs(sums[1]) > abs(sums[0]) / 2)
    parts = []
    for flag, name in ((True, "cumulative accounts"), (False, "accounts that are not cumulative")):
        if kept[flag]:
            most = sum(kept[flag]) * 2 > len(kept[flag])
            parts.append(f"{name}: {'no, the balance goes on' if most else 'yes'}")
    return Finding("balances_of_a_year", question, "; ".join(parts), "31 December against 1 January")


def _is_account(row: etree._Element) -> bool:
    return text_of(row, "AccountType").lower() != "accountgroup" and bool(text_of(row, "Number"))


def _balances(row: etree._Element, *names: str) -> list[str]:
    wanted = {name.lower() for name in names}
    return [(one.text or "").strip() for one in row.iter() if isinstance(one.tag, str) and name_of(one) in wanted]


def _amount(text: str) -> float:
    try:
        return float("".join(text.replace(",", ".").split()) or 0)
    except ValueError:
        return 0.0


def credit_loss_filter(company: Company) -> Finding:
    """The payments that are credit losses, and those that are none, of the same days."""
    name, question = "credit_loss_filter", "Does limitbytype of salespaymentlist.nv leave out what it should?"
    every = set(keys_of(company.rows("salespaymentlist.nv", "SalesPayment")))
    if not every:
        return Finding(name, question, "", "no sales payments")
    found = []
    for kind in ("onlycreditloss", "excludecreditloss"):
        begin = {"begindate": (company.today - timedelta(days=92)).isoformat()}
        answer = company.netvisor.ask("salespaymentlist.nv", {**begin, "limitbytype": kind})
        if not answer.ok or answer.document is None:
            answered = "refused" if answer.frame else ""
            return Finding(name, question, answered, f"payments with limitbytype={kind}: {answer.code}")
        found.append(set(keys_of(list(answer.document.find(("SalesPayment",))))))
    only, others = found
    how = "the payments of three months with onlycreditloss, and with excludecreditloss"
    return Finding(name, question, "ignored" if only & others else "obeyed", how)


def linked_orders(company: Company) -> Finding:
    """The purchase orders of three months, with and without haslinktopurchaseinvoice."""
    question = "Does haslinktopurchaseinvoice leave out purchase orders without an invoice?"
    every = set(keys_of(company.rows("purchaseorderlist.nv", "PurchaseOrder")))
    if not every:
        return Finding("linked_orders", question, "", "no purchase orders")
    begin = {"limitbegindate": (company.today - timedelta(days=92)).isoformat()}
    linked = company.asked("purchaseorderlist.nv", {**begin, "haslinktopurchaseinvoice": "1"}, "PurchaseOrder")
    if linked is None:
        return Finding("linked_orders", question, "", "purchaseorderlist.nv does not answer with it")
    how = "the purchase orders of three months, with it and without"
    names = {name_of(one) for row in linked for one in row.iter() if name_of(one) == "linkedpurchaseinvoices"}
    how = f"{how}; it brings LinkedPurchaseInvoices" if names else f"{how}; it brings no LinkedPurchaseInvoices"
    return Finding("linked_orders", question, "no" if every <= set(keys_of(linked)) else "yes", how)


QUESTIONS = (
    list_cap, order_of_keys, keys_by_date, empty_list, period_nesting, empty_balances, balances_of_a_year,
    credit_loss_filter, linked_orders,
)  # fmt: skip
