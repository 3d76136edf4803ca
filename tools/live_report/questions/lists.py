"""Where lists are cut, how they are sorted, and what an empty one is like."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from lxml import etree

from tools.live_report.document import name_of, text_of
from tools.live_report.questions.finding import Company, Finding, dates_of, keys_of


def list_cap(company: Company) -> Finding:
    """The whole list of invoices, and what lies above its highest key."""
    name, question = "list_cap", "Is a list of sales invoices cut after a number of rows?"
    rows = company.asked("salesinvoicelist.nv", {"begininvoicedate": "2000-01-01"}, "SalesInvoice")
    keys = keys_of(rows or [])
    if not keys:
        return Finding(name, question, "", "no sales invoices")
    above = {"begininvoicedate": "2000-01-01", "invoicesabovenetvisorkey": str(max(keys))}
    more = company.asked("salesinvoicelist.nv", above, "SalesInvoice")
    if more is None:
        return Finding(name, question, "", "invoicesabovenetvisorkey was not answered")
    if more:
        hundreds = f"{len(keys) // 100} hundred" if len(keys) % 100 == 0 else "a number that is no hundred"
        return Finding(name, question, "yes", f"rows lie above the highest key of the whole list, which has {hundreds}")
    round_number = len(keys) % 50 == 0
    how = "nothing lies above the highest key of the whole list"
    return Finding(name, question, "" if round_number and len(keys) > 99 else "no", how)


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


QUESTIONS = (
    list_cap, order_of_keys, keys_by_date, empty_list, period_nesting, empty_balances, balances_of_a_year,
    credit_loss_filter,
)  # fmt: skip
