"""The simulated company's books over the end of months and years: closing, VAT, broken years; and its chart."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from netvisor_simulator.company import Company
from netvisor_simulator.company.account_tree import RESULT_OF_EARLIER_PERIODS, RESULT_OF_PERIOD, TAX_ACCOUNT
from netvisor_simulator.company.chart import ACCOUNTS, CHART, PURCHASE_VAT, SALES_VAT
from netvisor_simulator.company.full_books import VAT_CODES, closed_periods, keep_full_books
from netvisor_simulator.company.plan import HELSINKI
from netvisor_simulator.company.vouchers import Voucher

TODAY = date(2026, 5, 20)
NOW = datetime(2026, 5, 20, 12, tzinfo=HELSINKI)
ZERO = Decimal(0)


@pytest.fixture
def company() -> Company:
    made = Company(5, 300, 2, TODAY)
    keep_full_books(made)
    return made


def total(voucher: Voucher) -> Decimal:
    return sum((line.sum for line in voucher.lines), ZERO)


def result(company: Company, begin: date, end: date) -> Decimal:
    """Income less costs of a period, as the ledger has them: a profit is negative."""
    before = begin - timedelta(days=1)
    return sum(
        (company.account_balance(a.number or 0, end) - company.account_balance(a.number or 0, before))
        for a in ACCOUNTS.values() if not a.cumulative
    )  # fmt: skip


def test_a_year_is_closed_by_a_voucher_of_one_line(company: Company) -> None:
    closed = closed_periods(company)
    assert [period.end.year for period in closed] == [2024, 2025]
    unbalanced = [voucher for voucher in company.vouchers() if voucher.status == "valid" and total(voucher)]
    assert [(v.date, v.type.abbreviation, len(v.lines)) for v in unbalanced] == [(p.end, "T", 1) for p in closed]
    for period, voucher in zip(closed, unbalanced, strict=True):
        assert voucher.lines[0].account == RESULT_OF_PERIOD
        assert voucher.lines[0].sum == result(company, period.begin, period.end) != 0
        assert company.account_balance(RESULT_OF_PERIOD, period.end) == voucher.lines[0].sum
        assert company.account_balance(RESULT_OF_PERIOD, period.end + timedelta(days=1)) == 0
    earlier = company.account_balance(RESULT_OF_EARLIER_PERIODS, TODAY)
    assert earlier == sum(voucher.lines[0].sum for voucher in unbalanced)


def test_all_accounts_together_count_closed_years_twice(company: Company) -> None:
    whole = sum(company.account_balance(account, TODAY) for account in ACCOUNTS)
    assert whole == sum(result(company, period.begin, period.end) for period in closed_periods(company)) != 0


def test_a_year_that_is_opened_again_has_no_closing(company: Company) -> None:
    last = closed_periods(company)[-1]
    company.changes.reopen_year(NOW, last.end)
    assert company.account_balance(RESULT_OF_PERIOD, last.end) == 0
    assert [v.date for v in company.vouchers() if v.status == "valid" and total(v)] == [date(2024, 12, 31)]
    with pytest.raises(KeyError):
        company.changes.reopen_year(NOW, last.end)
    company.changes.close_year(NOW, last.begin, last.end)
    assert company.account_balance(RESULT_OF_PERIOD, last.end) == result(company, last.begin, last.end)


def test_vat_is_settled_at_each_month_end_and_paid(company: Company) -> None:
    for number in (SALES_VAT, PURCHASE_VAT):
        assert company.account_balance(number, date(2026, 4, 30)) == 0
    assert company.account_balance(SALES_VAT, date(2026, 4, 29)) != 0
    settled = company.account_balance(TAX_ACCOUNT, date(2026, 3, 31))
    assert settled != 0
    # what April left is not paid yet
    paid = [v for v in company.vouchers() if v.description == "Arvonlisäveron maksu 03/2026"]
    assert [voucher.date for voucher in paid] == [date(2026, 4, 12)]


def test_every_vat_code_is_posted_with_its_tax(company: Company) -> None:
    found = {line.vat_code for voucher in company.vouchers() for line in voucher.lines}
    assert found == {code.code for code in VAT_CODES} | {"-"}
    for voucher in company.vouchers():
        for line in voucher.lines:
            if line.description == "EVTO":
                tax = (line.sum * Decimal("25.5") / 100).quantize(Decimal("0.01"))
                rest = {(one.account, one.sum) for one in voucher.lines if one is not line}
                assert abs(tax - next(amount for account, amount in rest if account == line.account)) <= Decimal("0.01")


def test_periods_may_begin_in_another_month_and_the_first_be_longer() -> None:
    periods = Company(1, 30, 2, TODAY, first_month=7).periods()
    assert [(p.begin, p.end) for p in periods] == [
        (date(2024, 1, 1), date(2025, 6, 30)),
        (date(2025, 7, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2027, 6, 30)),
    ]


def test_the_chart_is_a_tree_of_nested_sets() -> None:
    by_key = {account.key: account for account in CHART}
    assert len({side for a in CHART for side in (a.sort, a.end_sort)}) == 2 * len(CHART)
    assert [account.sort for account in CHART] == sorted(account.sort for account in CHART)
    depths = {}
    for account in CHART:
        father = by_key.get(account.father)
        depths[account.key] = 1 if father is None else depths[father.key] + 1
        if father is not None:
            assert father.sort < account.sort < account.end_sort < father.end_sort and father.number is None
    assert max(depths.values()) == 4
