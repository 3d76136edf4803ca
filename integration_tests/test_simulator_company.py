"""The simulated company: its books are true, also after changes, and its lists tell of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from integration_tests.simulator_questions import FOREVER, NOW, TODAY, ask, build, keys, reply
from netvisor_simulator.assumptions import ApiAssumptions
from netvisor_simulator.company import Company
from netvisor_simulator.company.chart import ACCOUNTS, CHART, PAYABLES, RECEIVABLES
from netvisor_simulator.company.plan import HELSINKI
from netvisor_simulator.company.vouchers import FIRST_VOUCHER


def assert_true_books(company: Company) -> None:
    """Everything that must hold after any change."""
    today = company.today
    vouchers = {voucher.key: voucher for voucher in company.vouchers()}
    lines = [line for voucher in company.vouchers(include_deleted=True) for line in voucher.lines]
    assert len({line.key for line in lines}) == len(lines)
    for voucher in vouchers.values():
        assert sum(line.sum for line in voucher.lines) == 0
    for sale in company.sales_invoices():
        voucher = vouchers[sale.voucher_key]
        assert (voucher.linked_key, voucher.linked_type) == (sale.key, "salesinvoice")
        assert voucher.lines[0].sum == sale.total == sum(line.gross for line in sale.lines)
        assert company.open_sum(sale) == sale.total - sum(one.sum for one in company.payments_of_sale(sale))
        assert sale.order_key is None or company.sales_order_store.get(sale.order_key)
        assert company.customer_store.get(sale.customer_key)
    for bill in company.purchase_invoices():
        voucher = vouchers[bill.voucher_key]
        assert (voucher.linked_key, voucher.linked_type) == (bill.key, "purchaseinvoice")
        assert -voucher.lines[0].sum == bill.total
    for payment in company.sales_payments():
        assert company.sales_invoice_store.get(payment.invoice_key)
        assert vouchers[payment.voucher_key].lines[0].sum == payment.sum
    for paid in company.purchase_payments():
        assert vouchers[paid.voucher_key].lines[0].sum == paid.sum
    for voucher in vouchers.values():
        for line in voucher.lines:
            for allocation in line.allocations:
                other = vouchers[allocation.voucher_key]
                assert allocation.line_key in [one.key for one in other.lines]
    assert company.account_balance(RECEIVABLES, FOREVER) == sum(map(company.open_sum, company.sales_invoices()))
    assert -company.account_balance(PAYABLES, FOREVER) == sum(map(company.open_sum, company.purchase_invoices()))
    for number, account in ACCOUNTS.items():
        valid = (v for v in vouchers.values() if v.status == "valid" and v.date <= today)
        moved = sum((line.sum for v in valid for line in v.lines if line.account == number), Decimal(0))
        assert company.account_balance(number, today) == account.opening + moved


def test_the_books_are_true_and_the_same_each_time() -> None:
    company = build()
    assert_true_books(company)
    assert list(company.vouchers()) == list(build().vouchers())
    assert list(company.vouchers()) != list(Company(8, 300, today=TODAY).vouchers())
    assert sum(account.opening for account in CHART) == 0


@pytest.mark.parametrize("size", [1, 2, 5, 9, 10, 11, 37, 101])
def test_companies_of_any_size_are_true(size: int) -> None:
    company = Company(3, size, today=date(2024, 2, 29))
    assert_true_books(company)
    company.changes.a_month_of_changes(Random(size), datetime(2024, 2, 29, 20, 0, tzinfo=HELSINKI))
    assert_true_books(company)


def test_the_company_has_what_real_ones_have() -> None:
    vouchers = list(build(3000).vouchers())
    lines = [line for voucher in vouchers for line in voucher.lines]
    assert 3 < len(lines) / len(vouchers) < 5
    assert {voucher.status for voucher in vouchers} == {"valid", "invalidated"}
    assert any(voucher.date > TODAY for voucher in vouchers)
    assert any(voucher.description == "" for voucher in vouchers)
    assert any(
        "&" in voucher.description and "ä" in "".join(line.description for line in lines) for voucher in vouchers
    )
    assert {Decimal("25.5"), Decimal(14), Decimal(10), Decimal(0)} <= {line.vat_percent for line in lines}
    assert sum(voucher.modified is not None for voucher in vouchers) < len(vouchers) / 10
    assert any(voucher.created.date() - voucher.date > timedelta(days=200) for voucher in vouchers)
    assert all(voucher.created < NOW for voucher in vouchers)


def test_a_million_vouchers_start_at_once() -> None:
    company = build(1_000_000)
    last = FIRST_VOUCHER + 999_999
    body = reply(company, "accountingledger.nv", netvisorkey=last).body
    assert f"<NetvisorKey>{last}</NetvisorKey>" in "".join(body)


@pytest.mark.parametrize("seed", range(4))
def test_a_month_of_changes_leaves_the_books_true(seed: int) -> None:
    company = build()
    assert company.account_balance(RECEIVABLES, FOREVER) != 0  # counted before, so that the changes must be followed
    made = company.changes.a_month_of_changes(Random(seed), NOW)
    assert sum(made.values()) > 20
    assert_true_books(company)


def test_windows_find_what_a_full_scan_finds() -> None:
    company = build(2000)
    company.changes.a_month_of_changes(Random(3), NOW)
    alive = list(company.vouchers(include_deleted=True))
    for month in range(1, 13):
        first, last = date(2025, month, 1), date(2025, month, 28)
        found = ask(company, "accountingledger.nv", startdate=first, enddate=last, voucherstatus=1)
        wanted = [voucher.key for voucher in alive if first <= voucher.date <= last]
        assert sorted(keys(found, ".//Voucher/NetvisorKey")) == sorted(wanted)
    for days in (1, 8, 13, 40, 400):
        since = TODAY - timedelta(days=days)
        found = ask(company, "accountingledger.nv", changedsince=since, voucherstatus=1)
        deleted = {key for key, (_, moment) in company.voucher_store.deleted.items() if moment.date() >= since}
        changed = {v.key for v in company.vouchers() if (v.modified or v.created).date() >= since}
        assert set(keys(found, ".//Voucher/NetvisorKey")) == deleted | changed


@pytest.mark.parametrize("size", [10, 20, 200])
def test_a_window_has_its_cycles_once_and_rising(size: int) -> None:
    """Otherwise a list has a changed document twice, as it is and as it was."""
    plan = build(size).plan
    days = [None, *(TODAY + timedelta(days=days) for days in range(-700, 60, 9))]
    for first in days:
        for last in (None, *(day for day in days[1:] if day and (first is None or day >= first))):
            cycles = list(plan.dated(first, last))
            assert cycles == sorted(set(cycles))


def test_a_payment_changes_an_invoice_only_where_payments_are_asked_for() -> None:
    company = build()
    unpaid = next(one for one in company.sales_invoices() if company.open_sum(one) > 0 and one.date < date(2025, 1, 1))
    company.changes.pay_sales_invoice(NOW - timedelta(hours=1), unpaid.key)
    window = {"lastmodifiedstart": TODAY, "lastmodifiedend": TODAY}
    path = ".//SalesInvoice/NetvisorKey"
    assert unpaid.key not in keys(ask(company, "salesinvoicelist.nv", **window), path)
    found = ask(company, "salesinvoicelist.nv", includemodifiedpayments=1, **window)
    assert unpaid.key in keys(found, path)
    assert found.find(f".//SalesInvoice[NetvisorKey='{unpaid.key}']/OpenSum").text in ("0,00", "0,0000")


@pytest.mark.parametrize("counted", [False, True])
def test_a_payment_that_is_deleted_or_moved_away(counted: bool) -> None:
    company = build()
    assumptions = ApiAssumptions(deleted_payment_is_change=counted)
    path = ".//SalesInvoice/NetvisorKey"
    window = {"lastmodifiedstart": TODAY, "lastmodifiedend": TODAY, "includemodifiedpayments": 1}
    payments = list(company.sales_payments())
    gone, moved = payments[1], payments[2]
    unpaid = next(one for one in company.sales_invoices() if company.open_sum(one) > 0)
    before = company.sales_invoice_store.get(moved.invoice_key)
    assert before is not None
    owed = company.open_sum(before), company.open_sum(unpaid)
    company.changes.delete_sales_payment(NOW - timedelta(hours=1), gone.key)
    company.changes.move_sales_payment(NOW - timedelta(hours=1), moved.key, unpaid.key)
    assert (company.open_sum(before), company.open_sum(unpaid)) == (owed[0] + moved.sum, owed[1] - moved.sum)
    found = keys(ask(company, "salesinvoicelist.nv", assumptions, **window), path)
    assert (gone.invoice_key in found) is counted
    assert unpaid.key in found
    assert before.key not in found
    row = ask(company, "salespaymentlist.nv", assumptions).find(
        f".//SalesPayment[NetvisorKey='{moved.key}']/InvoiceNumber"
    )
    assert row.text == str(unpaid.number)
