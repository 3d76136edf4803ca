"""Taxes and ledgers: filed and missing VAT reports, reconciliations, summary reports."""

from __future__ import annotations

from integration_tests.handmade.case import Case, reply

LEDGERS = (
    "<PurchaseLedger><DeviatingVouchers>0</DeviatingVouchers><DeviatingPayments>0</DeviatingPayments>"
    "<SourceEndBalance>-4820.10</SourceEndBalance><BookkeepingEndBalance>-4820.10</BookkeepingEndBalance></PurchaseLedger>"
    "<SalesLedger><DeviatingVouchers>2</DeviatingVouchers><DeviatingPayments>1</DeviatingPayments>"
    "<SourceEndBalance>10150.00</SourceEndBalance><BookkeepingEndBalance>10000.5</BookkeepingEndBalance></SalesLedger>"
)
AGREEING = {
    "deviating_vouchers": 0,
    "deviating_payments": 0,
    "source_end_balance": -4820.1,
    "bookkeeping_end_balance": -4820.1,
}
DEVIATING = {
    "deviating_vouchers": 2,
    "deviating_payments": 1,
    "source_end_balance": 10150.0,
    "bookkeeping_end_balance": 10000.5,
}
STATUS = (
    "<FinancialObligationStatus><StartMonth>2025-11</StartMonth><EndMonth>2025-12</EndMonth><Months>"
    '<Month Period="2025-11"><VATReport><FilingDate>2026-01-12</FilingDate><Status>Sent</Status>'
    "<TaxPeriod>Month</TaxPeriod><PayableAmount>1250.00</PayableAmount></VATReport>"
    f"<Reconciliations>{LEDGERS}</Reconciliations></Month>"
    f'<Month Period="2025-12"><VATReport/><Reconciliations>{LEDGERS}</Reconciliations></Month></Months><Years>'
    '<Year Value="2025"><VATSummaryReport><Period>2025-11</Period><Status>MarkedAsSent</Status></VATSummaryReport>'
    "</Year>"
    '<Year Value="2026"><VATSummaryReport/></Year></Years></FinancialObligationStatus>'
)
RECORDS = {
    "vat_reports": [
        {
            "period": "2025-11", "filing_date": "2026-01-12", "status": "Sent", "tax_period": "Month",
            "payable_amount": 1250.0,
        },
        {"period": "2025-12"},
    ],
    "ledger_reconciliations": [
        {"period": period, "ledger": ledger, **figures}
        for period in ("2025-11", "2025-12")
        for ledger, figures in (("purchase_ledger", AGREEING), ("sales_ledger", DEVIATING))
    ],
    "vat_summary_reports": [{"year": 2025, "period": "2025-11", "status": "MarkedAsSent"}, {"year": 2026}],
}  # fmt: skip
IN_ATTRIBUTES = STATUS.replace("<StartMonth>2025-11</StartMonth><EndMonth>2025-12</EndMonth>", "").replace(
    "<FinancialObligationStatus>", '<FinancialObligationStatus StartMonth="2025-11" EndMonth="2025-12">'
)
CASES = [
    Case("months and years", {"financialobligationstatus.nv": reply(STATUS)}, RECORDS),
    Case("its months as attributes", {"financialobligationstatus.nv": reply(IN_ATTRIBUTES)}, RECORDS),
    Case("in lower case", {"financialobligationstatus.nv": reply(STATUS.lower().replace("sent", "Sent")
        .replace("markedasSent", "MarkedAsSent").replace(">month<", ">Month<"), "root")}, RECORDS),
    Case("nothing at all", {"financialobligationstatus.nv": reply("<FinancialObligationStatus/>")},
         {"vat_reports": [], "ledger_reconciliations": [], "vat_summary_reports": []}),
]  # fmt: skip
