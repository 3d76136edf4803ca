"""Books that the simulator never keeps, written by hand, with every expected figure counted on paper.

A late edit in a closed year, a reopened year, a loss, a credit note, credit losses, broken and odd accounting periods,
a start date in the middle of a year, a company without a posting, and one of which little is synced; all of them have
equal keys.
"""

from __future__ import annotations

from datetime import date

from hand_books import HandBooks

SHOP, WORKSHOP, EMPTY, MIDDLE, AGAIN, SPLIT, SPLIT_AGAIN, FEW, LOSSES = (
    "shop", "workshop", "no_postings", "middle_carried", "middle_reset", "split_carried", "split_reset", "ledger_only",
    "credit_losses",
)  # fmt: skip
YEARS = tuple((date(year, 1, 1), date(year, 12, 31)) for year in (2023, 2024, 2025))


def shop() -> HandBooks:
    """Calendar years, two of them closed, VAT, a credit note, and a cost posted into 2024 after it was closed."""
    books = HandBooks(SHOP, "1111111-1", YEARS, balances="carried")
    books.post("2023-01-01", ("19101", "10000"), ("2001", "-10000"))
    books.post("2023-02-01", ("1160", "1000"), ("19101", "-1000"))
    books.post("2023-03-10", ("1701", "1240"), ("3000", "-1000", "KOMY", "24"), ("2939", "-240"))
    books.post("2023-04-05", ("19101", "1240"), ("1701", "-1240"))
    books.post("2023-05-15", ("4000", "400", "KOOS", "24"), ("1763", "96"), ("2871", "-496"))
    books.post("2023-06-10", ("2871", "496"), ("19101", "-496"))
    books.post("2023-12-31", ("6870", "50.50"), ("1160", "-50.50"))
    books.close("2023-12-31", "549.50")
    books.post("2024-02-10", ("1701", "2480"), ("3000", "-2000", "KOMY", "24"), ("2939", "-480"))
    books.post("2024-03-01", ("1701", "-620"), ("3000", "500", "KOMY", "24"), ("2939", "120"))
    books.post("2024-04-20", ("5000", "300.33"), ("19101", "-300.33"))
    books.post("2024-12-31", ("9900", "239.94"), ("19101", "-239.94"))
    books.close("2024-12-31", "959.73")
    books.post("2024-11-15", ("8500", "77.77"), ("19101", "-77.77"))
    books.post("2025-09-01", ("1701", "125.50"), ("3000", "-100", "KOMY", "25.5"), ("2939", "-25.50"))
    books.post("2025-10-01", ("9460", "12.34"), ("19101", "-12.34"))
    invoices = (
        (1, "1001", "2023-03-10", 1240.0, 0.0), (2, "1002", "2024-02-10", 2480.0, 1860.0),
        (3, "1003", "2024-03-01", -620.0, 0.0), (4, "1004", "2025-09-01", 125.5, 125.5),
    )  # fmt: skip
    for key, number, day, total, open_ in invoices:
        invoice_date = date.fromisoformat(day)
        books.add("sales_invoices", netvisor_key=key, invoice_number=number, invoice_date=invoice_date,
                  invoice_due_date=invoice_date.replace(day=28), invoice_sum=total, open_sum=open_,
                  customer_netvisor_key=9, customer_name="Asiakas")  # fmt: skip
    books.add("sales_invoice_details", netvisor_key=3, credited_invoice_netvisor_key=2)
    books.add("sales_payments", netvisor_key=1, date=date(2023, 4, 5), sum=1240.0, invoice_number="1001", voucher_id=4)
    books.add("purchase_invoices", netvisor_key=1, invoice_number="A7", invoice_date=date(2023, 5, 15), sum=496.0,
              open_sum=0.0, vendor="Toimittaja")  # fmt: skip
    books.add("purchase_payments", netvisor_key=1, date=date(2023, 6, 10), home_currency_sum=496.0, invoice_key=1)
    return books


def workshop() -> HandBooks:
    """A first period of 16 months from mid-month, closed with a loss, opened and closed again; years from July."""
    periods = (
        (date(2023, 3, 15), date(2024, 6, 30)), (date(2024, 7, 1), date(2025, 6, 30)),
        (date(2025, 7, 1), date(2026, 6, 30)),
    )  # fmt: skip
    books = HandBooks(WORKSHOP, "2222222-2", periods, balances="reset")
    books.post("2023-03-15", ("19101", "2500"), ("2001", "-2500"))
    books.post("2023-08-01", ("19101", "800"), ("3000", "-800"))
    books.close("2024-06-30", "150", status="invalidated")
    books.post("2024-06-30", ("8500", "1000.10"), ("19101", "-1000.10"))
    books.close("2024-06-30", "-200.10")
    books.post("2024-12-31", ("1701", "300"), ("3000", "-300"))
    books.post("2025-06-30", ("8500", "45.05"), ("19101", "-45.05"))
    books.post("2025-08-15", ("19101", "60"), ("3000", "-60"))
    books.add("sales_invoices", netvisor_key=1, invoice_number="1001", invoice_date=date(2024, 12, 31),
              invoice_due_date=date(2025, 1, 14), invoice_sum=300.0, open_sum=300.0, customer_netvisor_key=9,
              customer_name="Toinen asiakas")  # fmt: skip
    return books


def begun_in_the_middle(schema: str, business_id: str, balances: str) -> HandBooks:
    """What the first four vouchers posted is known from Netvisor's balances only."""
    books = HandBooks(schema, business_id, YEARS, date(2024, 5, 10), balances)
    books.post("2023-05-01", ("19101", "5000"), ("2001", "-5000"))
    books.post("2023-06-01", ("19101", "700"), ("3000", "-700"))
    books.close("2023-12-31", "700")
    books.post("2024-02-01", ("19101", "90"), ("3000", "-90"))
    books.post("2024-05-05", ("8500", "20"), ("19101", "-20"))
    books.post("2024-06-15", ("19101", "110.10"), ("3000", "-110.10"))
    books.close("2024-12-31", "180.10")
    books.post("2025-03-01", ("8500", "30"), ("19101", "-30"))
    return books


def split_month(schema: str, business_id: str, balances: str) -> HandBooks:
    """A period that ends in the middle of a month."""
    periods = ((date(2024, 1, 1), date(2024, 6, 15)), (date(2024, 6, 16), date(2025, 12, 31)))
    books = HandBooks(schema, business_id, periods, balances=balances)
    books.post("2024-03-01", ("19101", "1000"), ("2001", "-1000"))
    books.post("2024-05-01", ("19101", "100"), ("3000", "-100"))
    books.post("2024-06-10", ("19101", "50"), ("3000", "-50"))
    books.post("2024-06-20", ("19101", "7"), ("3000", "-7"))
    books.close("2024-06-15", "150")
    books.post("2024-08-01", ("8500", "2"), ("19101", "-2"))
    return books


def ledger_only() -> HandBooks:
    """Accounts and postings; neither accounting periods nor balances are synced."""
    books = HandBooks(FEW, "7777777-7")
    books.post("2024-05-01", ("19101", "100"), ("3000", "-100"))
    books.post("2025-02-01", ("19101", "40"), ("3000", "-40"))
    return books


def credit_losses() -> HandBooks:
    """Paid in part and the rest written off with its VAT; written off whole; paid, where nobody says what it is."""
    books = HandBooks(LOSSES, "8888888-8", YEARS[2:], balances="carried")
    books.post("2025-01-02", ("19101", "5000"), ("2001", "-5000"))
    for day in ("2025-01-10", "2025-02-10", "2025-03-10"):
        books.post(day, ("1701", "1240"), ("3000", "-1000", "KOMY", "24"), ("2939", "-240"))
    books.post("2025-02-15", ("19101", "620"), ("1701", "-620"))
    books.post("2025-05-20", ("8780", "500", "KOMY", "24"), ("2939", "120"), ("1701", "-620"))
    books.post("2025-06-10", ("8780", "1000", "KOMY", "24"), ("2939", "240"), ("1701", "-1240"))
    books.post("2025-07-01", ("19101", "1240"), ("1701", "-1240"))
    for key, day in ((1, date(2025, 1, 10)), (2, date(2025, 2, 10)), (3, date(2025, 3, 10))):
        books.add("sales_invoices", netvisor_key=key, invoice_number=f"100{key}", invoice_date=day,
                  invoice_due_date=day.replace(day=24), invoice_sum=1240.0, open_sum=0.0, customer_netvisor_key=9,
                  customer_name="Asiakas")  # fmt: skip
    payments = (
        (1, "1001", date(2025, 2, 15), 620.0, 5, False), (2, "1001", date(2025, 5, 20), 620.0, 6, True),
        (3, "1002", date(2025, 6, 10), 1240.0, 7, True), (4, "1003", date(2025, 7, 1), 1240.0, 8, None),
    )  # fmt: skip
    for key, number, day, amount, voucher, is_credit_loss in payments:
        books.add("sales_payments", netvisor_key=key, date=day, sum=amount, invoice_number=number, voucher_id=voucher,
                  is_credit_loss=is_credit_loss)  # fmt: skip
    return books


def everything() -> tuple[HandBooks, ...]:
    """All of these companies."""
    return (
        shop(), workshop(), HandBooks(EMPTY, "3333333-3", YEARS), begun_in_the_middle(MIDDLE, "4444444-4", "carried"),
        begun_in_the_middle(AGAIN, "5555555-5", "reset"), split_month(SPLIT, "6666666-6", "carried"),
        split_month(SPLIT_AGAIN, "9999999-9", "reset"), ledger_only(), credit_losses(),
    )  # fmt: skip
