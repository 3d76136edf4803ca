"""The formulas of docs/calls.md against syncs of simulated companies: equal for each resource, call by call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from docs.generator.call_counts import Company as Size
from docs.generator.call_counts import Moment, terms
from integration_tests.connection import Connection, SetClock, detail_batches_of
from integration_tests.shared_source import definitions
from netvisor_simulator import Call, NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.users import INVITATIONS

NOW = datetime(2026, 3, 15, 10, 0, tzinfo=timezone.utc)
TODAY = NOW.date()
VENDORS_ON_A_PAGE = 500
PRODUCTS_ON_A_PAGE = 50
"""The simulator's choices; of products Netvisor says nothing."""
INVITATIONS_ON_A_PAGE = 10
UNPAID = (1, 2)


@pytest.fixture
def clock() -> Iterator[SetClock]:
    with SetClock(NOW).in_charge() as clock:
        yield clock


def counted(size: Size, moment: Moment, streams: list[str] | None = None) -> Counter[str]:
    """What the formulas come to."""
    selected = {name: one for name, one in definitions().items() if streams is None or name in streams}
    found: Counter[str] = Counter()
    for term in terms(selected, size, moment):
        found[term.resource] += term.calls
    return +found


def asked(simulator: NetvisorSimulator) -> Counter[str]:
    """What Netvisor was asked since the last look."""
    found = Counter(call.resource for call in simulator.calls)
    simulator.calls.clear()
    return found


def size_of(company: Company, start: date) -> Size:
    """The company as the formulas take it."""
    employees = len(list(company.employees()))
    payments = [one for one in company.sales_payments() if one.date >= start]
    return Size(
        start,
        TODAY,
        {
            "getsalesinvoice.nv": sum(one.date >= start for one in company.sales_invoices()),
            "getorder.nv": sum(one.date >= start for one in company.sales_orders()),
            "getpurchaseinvoice.nv": sum(one.date >= start for one in company.purchase_invoices()),
            "getpurchaseorder.nv": sum(one.date >= start for one in company.purchase_orders()),
            "getcustomer.nv": len(list(company.customers())),
            "getproduct.nv": len(list(company.products())),
            "getemployee.nv": employees,
            "getemployeesalaryparameters.nv": employees,
            "getworkdays.nv": employees,
            "getpayrollpaycheckbatch.nv": sum(one.payment_date >= start for one in company.paychecks()),
        },
        pages={
            "getvendor.nv": -(-len(list(company.vendors())) // VENDORS_ON_A_PAGE),
            "getuserinvitations.nv": -(-len(INVITATIONS) // INVITATIONS_ON_A_PAGE),
            "extendedproductlist.nv": -(-len(list(company.products())) // PRODUCTS_ON_A_PAGE),
        },
        marks={"salespaymentlist.nv": bool(payments) + any(one.is_credit_loss for one in payments)},
    )


def listed_paychecks(company: Company, start: date, calls: list[Call]) -> list[Any]:
    """The paychecks of the windows that were asked for."""
    spans = []
    for call in calls:
        sent = dict(part.split("=") for part in call.query.split("&"))
        spans.append((date.fromisoformat(sent["startdate"]), date.fromisoformat(sent["enddate"])))
    paid = [one for one in company.paychecks() if one.payment_date >= start]
    return [one for one in paid if any(begin <= one.payment_date <= end for begin, end in spans)]


@pytest.mark.parametrize(
    ("start", "vouchers", "employees", "keys"),
    [
        ("2026-03-01", 120, 2, 500),
        ("2026-01-10", 400, 0, 500),
        ("2025-06-15", 900, 3, 7),
        ("2024-01-01", 250, 1, 500),
        ("2013-05-31", 120, 1, 3),
    ],
)
def test_the_formulas_hold(clock: SetClock, start: str, vouchers: int, employees: int, keys: int) -> None:
    company = Company(7, vouchers, today=TODAY, employees=employees)
    size = size_of(company, date.fromisoformat(start))
    with NetvisorSimulator(company, clock=clock) as simulator, detail_batches_of(keys):
        connection = Connection(simulator.config(start_date=start))
        connection.must_sync()
        assert asked(simulator) == counted(size, Moment.FIRST)
        # longer than the overlap, and shorter than the deletion log reaches
        clock.advance(days=5)
        connection.must_sync()
        size = replace(size, today=clock.local.date())
        for moment in (Moment.DAILY, Moment.LATER):
            if moment is Moment.LATER:
                clock.advance(hours=2)
                connection.must_sync()
            paychecks = listed_paychecks(company, size.start, simulator.calls.of("getpayrollpaycheckbatchlist.nv"))
            unpaid = sum(one.status in UNPAID for one in paychecks)
            now = replace(
                size,
                recent={"getpayrollpaycheckbatch.nv": len(paychecks)},
                unsettled={"getpayrollpaycheckbatch.nv": unpaid},
                changed=changed_rows(connection) if moment is Moment.DAILY else {},
            )
            assert asked(simulator) == counted(now, moment)
        simulator.assert_clean()


ROWS = {
    "sales_invoices": "getsalesinvoice.nv", "sales_orders": "getorder.nv", "purchase_invoices": "getpurchaseinvoice.nv",
    "purchase_orders": "getpurchaseorder.nv", "customers": "getcustomer.nv", "products": "getproduct.nv",
}  # fmt: skip
"""The stream of a list's rows, and the resource of their details."""


def changed_rows(connection: Connection) -> dict[str, int]:
    """How many rows of each list the last sync sent."""
    return dict(Counter(ROWS[name] for name, _ in connection.warehouse.sent if name in ROWS))


def test_what_changed_and_what_the_overlap_names_again(clock: SetClock) -> None:
    company = Company(7, 900, today=TODAY)
    streams = ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"]
    size = size_of(company, date(2024, 1, 1))
    details = "getsalesinvoice.nv"
    with NetvisorSimulator(company, clock=clock) as simulator, detail_batches_of(7):
        connection = Connection(simulator.config(start_date="2024-01-01"), streams)
        connection.must_sync()
        assert asked(simulator) == counted(size, Moment.FIRST, streams)
        clock.advance(days=5)
        product = next(company.products()).key
        # the highest keys: their turn is not yet
        for invoice in list(company.sales_invoices())[-9:]:
            company.changes.edit_sales_invoice(clock.local, invoice.key, ((product, Decimal(3)),))
        for hours, moment, named in ((1, Moment.DAILY, 0), (2, Moment.LATER, 9), (24, Moment.DAILY, 9)):
            clock.advance(hours=hours)
            connection.must_sync()
            # a day later another invoice may be overdue
            changed = changed_rows(connection)
            assert moment is Moment.LATER or changed.get(details, 0) >= 9 - named
            now = replace(size, today=clock.local.date(), changed=changed, named={details: named})
            assert asked(simulator) == counted(now, moment, streams)
        simulator.assert_clean()
