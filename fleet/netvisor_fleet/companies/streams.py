"""Which streams a company wants, as the list writes it.

The groups are those of the connector's documentation. Streams about a company's own people are in a group of their
own, so that nobody gets them who did not ask.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

SUGGESTED = (
    "accounts", "accounting_periods", "period_locks", "voucher_types", "vouchers", "voucher_lines", "deleted_vouchers",
    "account_balances", "dimensions", "dimension_items", "sales_invoices", "sales_invoice_lines",
    "deleted_sales_invoices", "sales_payments", "purchase_invoices", "purchase_invoice_lines",
    "deleted_purchase_invoices", "purchase_payments", "customers", "products", "vat_reports", "ledger_reconciliations",
    "vat_summary_reports",
)  # fmt: skip
"""The connector's suggested streams (its metadata.yaml)."""
OTHER = (
    "default_accounts", "account_dimensions", "bank_accounts", "budget_accounts", "budgets", "sales_invoice_details",
    "sales_orders", "sales_order_details", "sales_order_lines", "deleted_sales_orders", "deleted_sales_payments",
    "payment_terms", "contract_invoicing", "customer_details", "product_details", "extended_products",
    "product_groups", "inventory", "inventory_places", "purchase_invoice_details", "purchase_orders",
    "purchase_order_details", "purchase_order_lines", "vendors", "deleted_purchase_orders",
    "deleted_purchase_payments", "circulation_lists", "product_qualities",
)  # fmt: skip
PAYROLL = (
    "employees", "employee_details", "employee_salary_parameters", "payroll_ratios", "payroll_parties",
    "payroll_paychecks", "payroll_paycheck_details", "payroll_paycheck_lines", "work_hours", "record_types",
)  # fmt: skip
USERS = ("user_access_rights", "user_invitations", "sales_personnel")
"""Streams about people who are no employees for payroll: Netvisor's users, and the sellers."""
GROUPS = {
    "suggested": SUGGESTED,
    "everything": (*SUGGESTED, *OTHER),
    "payroll": PAYROLL,
    "users": USERS,
}
"""What a word of the list stands for. `everything` has no streams about people."""
KNOWN = frozenset(name for names in (SUGGESTED, OTHER, PAYROLL, USERS) for name in names)
PERSONAL = frozenset((*PAYROLL, *USERS))


class UnknownStream(ValueError):
    """The text names the word and what it may have meant."""


@dataclass(frozen=True)
class StreamChoice:
    """The wanted streams of one company, in the order of the connector's documentation."""

    names: tuple[str, ...]


def parse(text: str) -> StreamChoice:
    """Reads groups and streams, as in `suggested payroll` or `everything -inventory`.

    Args:
        text: words divided by blanks, commas, semicolons or `+`; a leading minus takes away; empty is `suggested`.

    Raises:
        UnknownStream: a word is neither a group nor a stream, or nothing is left.
    """
    words = [word.lower() for word in re.split(r"[\s,;+|]+", text) if word]
    wanted: set[str] = set(SUGGESTED) if not words or words[0].startswith("-") else set()
    for word in words:
        names = _names(word.lstrip("-"))
        wanted = wanted - names if word.startswith("-") else wanted | names
    if not wanted:
        raise UnknownStream("no stream is left; name at least one.")
    return StreamChoice(tuple(name for name in _ORDER if name in wanted))


_ORDER = (*SUGGESTED, *OTHER, *PAYROLL, *USERS)


def _names(word: str) -> set[str]:
    if word in GROUPS:
        return set(GROUPS[word])
    if word in KNOWN:
        return {word}
    near = difflib.get_close_matches(word, [*GROUPS, *KNOWN], n=1)
    hint = f"did you mean {near[0]}?" if near else f"the groups are {', '.join(GROUPS)}."
    raise UnknownStream(f"there is no stream or group {word!r}; {hint}")
