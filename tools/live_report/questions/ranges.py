"""Whether bounds belong to their ranges, and which documents a filter for changes lists."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lxml import etree

from tools.live_report.document import text_of
from tools.live_report.questions.finding import Company, Finding, dates_of, day_of, keys_of

DAY = timedelta(days=1)
ENOUGH = 20
"""Documents below which all of them may well have been modified."""
VOUCHERS = {"voucherstatus": "1", "includetransactionhistory": "1"}


def date_bounds(company: Company) -> Finding:
    """Documents of a day, asked for with that day as both bounds."""
    question = "Do the bounds of a range of dates belong to it?"
    shown = []
    lists = (
        ("salesinvoicelist.nv", "InvoiceDate", ("begininvoicedate", "endinvoicedate"), "SalesInvoice"),
        ("accountingledger.nv", "VoucherDate", ("startdate", "enddate"), "Voucher"),
        ("purchaseinvoicelist.nv", "InvoiceDate", ("begininvoicedate", "endinvoicedate"), "PurchaseInvoice"),
    )
    for resource, element, bounds, record in lists:
        found = [day for row in company.rows(resource, record) if (day := dates_of(row, element))]
        inner = [day for day in found if day < company.today]
        if not inner:
            continue
        day = max(inner).isoformat()
        rows = company.asked(resource, dict.fromkeys(bounds, day), record)
        if rows is not None:
            shown.append((resource, "inclusive" if rows else "exclusive"))
    return _agreed("date_bounds", question, shown, "a day with documents, asked for from that day to that day")


def _agreed(name: str, question: str, shown: list[tuple[str, str]], how: str) -> Finding:
    answers = {answer for _, answer in shown}
    if not shown:
        return Finding(name, question, "", "no document that could show it")
    resources = ", ".join(resource for resource, _ in shown)
    if len(answers) == 1:
        return Finding(name, question, answers.pop(), f"{how} ({resources})")
    detail = "; ".join(f"{resource}: {answer}" for resource, answer in shown)
    return Finding(name, question, "differs", f"{how}: {detail}")


def _moments(row: etree._Element) -> list[date]:
    """The days of a voucher's processing history, rising."""
    stamps = [one.text or "" for one in row.iter() if str(one.tag).rpartition("}")[2].lower() == "timestamp"]
    return sorted(day for stamp in stamps if (day := day_of(stamp)))


def _vouchers(company: Company) -> list[tuple[int, str, list[date]]]:
    """Key, status and history of the vouchers of the last months."""
    found = []
    for row in company.rows("accountingledger.nv", "Voucher"):
        keys, history = keys_of([row]), _moments(row)
        if keys and history:
            found.append(
                (keys[0], (row.get("Status") or row.get("status") or row.get("STATUS") or "").lower(), history)
            )
    return found


def modified_bounds(company: Company) -> Finding:
    """Payments tell when they were modified, and vouchers in their history."""
    question = "Do the bounds of changedsince, lastmodifiedstart and lastmodifiedend belong to the range?"
    how = "a document asked for with the day of its last change as lower bound"
    shown = []
    vouchers = [(key, moments[-1]) for key, status, moments in _vouchers(company) if status == "valid"]
    vouchers = [one for one in vouchers if one[1] < company.today]
    if vouchers:
        key, day = max(vouchers, key=lambda one: one[1])
        since = company.asked("accountingledger.nv", {**VOUCHERS, "changedsince": day.isoformat()}, "Voucher")
        before = company.asked("accountingledger.nv", {**VOUCHERS, "changedsince": (day - DAY).isoformat()}, "Voucher")
        if since is not None and before is not None and key in keys_of(before):
            shown.append(("accountingledger.nv", "inclusive" if key in keys_of(since) else "exclusive"))
    payment = _payment_bound(company)
    if payment:
        shown.append(("salespaymentlist.nv", payment))
    return _agreed("modified_bounds", question, shown, how)


def _payment_bound(company: Company) -> str:
    """A payment asked for from the second of its last change on."""
    stamps = []
    for row in company.rows("salespaymentlist.nv", "SalesPayment"):
        moment = _moment(text_of(row, "LastModifiedTimestamp"))
        if moment and keys_of([row]):
            stamps.append((moment, keys_of([row])[0]))
    if not stamps:
        return ""
    moment, key = max(stamps)
    end = f"{(company.today + 2 * DAY).isoformat()}T00:00:00"
    found = [
        company.asked(
            "salespaymentlist.nv",
            {"lastmodifiedstart": f"{start:%Y-%m-%dT%H:%M:%S}", "lastmodifiedend": end},
            "SalesPayment",
        )
        for start in (moment, moment - timedelta(hours=26))
    ]
    if found[0] is None or found[1] is None or key not in keys_of(found[1]):
        return ""
    return "inclusive" if key in keys_of(found[0]) else "exclusive"


def _moment(text: str) -> datetime | None:
    for form in ("%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text[:19], form)  # noqa: DTZ007 - sent back as it came
        except ValueError:
            continue
    return None


def never_modified(company: Company) -> Finding:
    """The same list once by document date and once by change, from long ago on."""
    question = "Does lastmodifiedstart list documents that nobody has modified since they were made?"
    begin = (company.today - timedelta(days=92)).isoformat()
    until = (company.today + 2 * DAY).isoformat()
    lists = (
        ("salesinvoicelist.nv", {"begininvoicedate": begin}, "", "SalesInvoice"),
        ("purchaseinvoicelist.nv", {"begininvoicedate": begin}, "", "PurchaseInvoice"),
        ("purchaseorderlist.nv", {"limitbegindate": begin}, "T00:00:00", "PurchaseOrder"),
    )
    shown = []
    for resource, dated, time, record in lists:
        every = set(keys_of(company.rows(resource, record)))
        if len(every) < ENOUGH:
            continue
        changed = {"lastmodifiedstart": f"2000-01-01{time}", "lastmodifiedend": f"{until}{time}"}
        rows = company.asked(resource, {**dated, **changed}, record)
        if rows is not None:
            shown.append((resource, "in" if every <= set(keys_of(rows)) else "out"))
    once = [(key, days[0]) for key, status, days in _vouchers(company) if len(days) == 1 and status == "valid"]
    if once:
        key, day = max(once, key=lambda one: one[1])
        rows = company.asked("accountingledger.nv", {"lastmodifiedstart": (day - DAY).isoformat()}, "Voucher")
        if rows is not None:
            shown.append(("accountingledger.nv", "in" if key in keys_of(rows) else "out"))
    return _agreed("never_modified", question, shown, "the list by date against the list by change from 2000 on")


def invalidation_is_change(company: Company) -> Finding:
    """An invalidated voucher whose history goes on after its first day, asked for by change since its last one."""
    name, question = "invalidation_is_change", "Does changedsince list a voucher that was invalidated?"
    begin = (company.today - timedelta(days=366)).isoformat()
    rows = company.asked(
        "accountingledger.nv",
        {"startdate": begin, "enddate": company.today.isoformat(), **VOUCHERS, "voucherstatus": "3"},
        "Voucher",
    )
    found = []
    for row in rows or []:
        keys, days = keys_of([row]), _moments(row)
        if keys and days and days[-1] - days[0] >= 2 * DAY:
            found.append((days[-1], keys[0]))
    if not found:
        return Finding(name, question, "", "no invalidated voucher whose history shows a later day than its first")
    day, key = max(found)
    since = company.asked("accountingledger.nv", {**VOUCHERS, "changedsince": (day - DAY).isoformat()}, "Voucher")
    if since is None:
        return Finding(name, question, "", "changedsince was not answered")
    how = "an invalidated voucher, asked for by change since the day before its last processing"
    return Finding(name, question, "yes" if key in keys_of(since) else "no", how)


def deleted_payment_is_change(company: Company) -> Finding:
    """Invoices that includemodifiedpayments adds though none of their payments was added or changed."""
    name = "deleted_payment_is_change"
    question = "Does includemodifiedpayments list an invoice whose payment was deleted?"
    deleted = company.rows("deletedsalespayments.nv", "DeletedSalesPayment")
    if not deleted:
        return Finding(name, question, "", "no payment was deleted in the last days")
    start, end = (company.today - 7 * DAY).isoformat(), (company.today + 2 * DAY).isoformat()
    window = {"lastmodifiedstart": start, "lastmodifiedend": end}
    plain = company.asked("salesinvoicelist.nv", window, "SalesInvoice")
    more = company.asked("salesinvoicelist.nv", {**window, "includemodifiedpayments": "1"}, "SalesInvoice")
    paid = company.asked(
        "salespaymentlist.nv",
        {"lastmodifiedstart": f"{start}T00:00:00", "lastmodifiedend": f"{end}T00:00:00"},
        "SalesPayment",
    )
    if plain is None or more is None or paid is None:
        return Finding(name, question, "", "the lists were not answered")
    numbers = {text_of(row, "InvoiceNumber") for row in paid}
    listed = set(keys_of(plain))
    added = [row for row in more if not set(keys_of([row])) & listed]
    unexplained = [row for row in added if text_of(row, "InvoiceNumber") not in numbers]
    how = "the invoices that includemodifiedpayments adds, less those of which a payment was added or changed"
    return Finding(name, question, "yes" if unexplained else "no", how)


def deletions_reach(company: Company) -> Finding:
    """A list of deletions, asked for since a day seven days ago, and since a day less."""
    name, question = "deletions_reach", "Do seven days back mean seven days of the calendar, or seven times 24 hours?"
    for resource, row in (
        ("deletedvouchers.nv", "DeletedVoucher"),
        ("deletedsalesinvoices.nv", "DeletedSalesInvoice"),
        ("deletedpurchaseinvoices.nv", "DeletedPurchaseInvoice"),
    ):
        seven, six = ({"deletedsince": (company.today - days * DAY).isoformat()} for days in (7, 6))
        if company.asked(resource, seven, row) is not None:
            return Finding(name, question, "days", f"{resource} since a day seven days ago is answered")
        if company.asked(resource, six, row) is not None:
            how = f"{resource} since a day seven days ago is refused, since a day less it is answered"
            return Finding(name, question, "hours", how)
    return Finding(name, question, "", "no list of deletions was answered")


QUESTIONS = (
    date_bounds,
    modified_bounds,
    never_modified,
    invalidation_is_change,
    deleted_payment_is_change,
    deletions_reach,
)
