"""Taxes and ledgers: financialobligationstatus.nv."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from ..company.obligations import Month, Reconciliation, VatReport, reconciliations, vat_reports
from ..resource import Parameter, Reply, Request, Resource
from .markup import Node, el, group, many, whole
from .windows import invalid

_MONTH = re.compile(r"(2[01]\d\d)-(0[1-9]|1[0-2])", re.ASCII)
MOST_MONTHS = 24


def _status(request: Request) -> Reply:
    """financialobligationstatus.nv (77000595410, 766905): sums have a decimal point, whatever other resources do."""
    previous = request.now.date().replace(day=1) - timedelta(days=1)
    first, last = _month(request, "startmonth", previous), _month(request, "endmonth", previous)
    count = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    if not 1 <= count <= MOST_MONTHS:
        raise invalid(f"StartMonth and EndMonth span {count} months, at least 1 and at most {MOST_MONTHS}")
    months = [divmod(first[0] * 12 + first[1] - 1 + step, 12) for step in range(count)]
    months = [(year, month + 1) for year, month in months]
    return Reply(_body(request, months))


def _body(request: Request, months: list[Month]) -> Iterator[str]:
    years = sorted({year for year, _ in months})
    whole_years = [(year, month) for year in years for month in range(1, 13)]
    reports = vat_reports(request.company, whole_years)
    ledgers = reconciliations(request.company, months)
    yield from whole(
        request,
        group(
            "FinancialObligationStatus",
            el("StartMonth", _text(months[0])),
            el("EndMonth", _text(months[-1])),
            many(
                "Months",
                (
                    group(
                        "Month", _report(reports.get(one)), _ledgers(*ledgers[one]), attributes={"Period": _text(one)}
                    )
                    for one in months
                ),
            ),
            many("Years", (_year(year, reports) for year in years)),
        ),
    )


def _month(request: Request, name: str, default: date) -> Month:
    text = request.query.get(name, f"{default:%Y-%m}")
    found = _MONTH.fullmatch(text)
    if not found or text > "2100-12":
        raise invalid(f"{name} must be a month from 2000-01 to 2100-12 in the form YYYY-MM")
    return int(found[1]), int(found[2])


def _text(month: Month) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _report(report: VatReport | None) -> Node:
    if report is None:
        return el("VATReport")
    return group(
        "VATReport",
        el("FilingDate", report.filed) if report.filed else None,
        el("Status", report.status) if report.status else None,
        el("TaxPeriod", "Month"),
        el("PayableAmount", f"{report.payable:.2f}"),
    )


def _ledgers(purchase: Reconciliation, sales: Reconciliation) -> Node:
    return group("Reconciliations", _ledger("PurchaseLedger", purchase), _ledger("SalesLedger", sales))


def _ledger(name: str, ledger: Reconciliation) -> Node:
    return group(
        name,
        el("DeviatingVouchers", ledger.deviating_vouchers),
        el("DeviatingPayments", ledger.deviating_payments),
        el("SourceEndBalance", f"{ledger.source:.2f}"),
        el("BookkeepingEndBalance", f"{ledger.bookkeeping:.2f}"),
    )


def _year(year: int, reports: dict[Month, VatReport]) -> Node:
    sent = [(month, report) for month, report in reports.items() if month[0] == year and report.filed]
    summary = el("VATSummaryReport")
    if sent:
        month, report = sent[-1]
        summary = group("VATSummaryReport", el("Period", _text(month)), el("Status", report.status))
    return group("Year", summary, attributes={"Value": year})


OBLIGATIONS: list[Resource] = [
    Resource("financialobligationstatus.nv", (Parameter("startmonth", "text"), Parameter("endmonth", "text")), _status),
]
