-- Every reconciliation in one row: how much was compared, and how much of it differs.
{%- set models = [
    ('reconciliation_account_balances', 'Postings against the account balances of Netvisor'),
    ('reconciliation_account_lines', 'Accounts without a line in the statements'),
    ('reconciliation_balance_sheet', 'The balance sheet adds up'),
    ('reconciliation_companies', 'Each company in one source'),
    ('reconciliation_ledgers', 'Sales and purchase ledger against the reconciliation of Netvisor'),
    ('reconciliation_payable_invoices', 'The open sum of each purchase invoice'),
    ('reconciliation_payables', 'Purchase invoices and payments against their account'),
    ('reconciliation_receivable_invoices', 'The open sum of each sales invoice'),
    ('reconciliation_receivables', 'Sales invoices and payments against their account'),
    ('reconciliation_row_counts', 'No row lost or multiplied'),
    ('reconciliation_statements', 'Statements against the accounts'),
    ('reconciliation_vat', 'VAT accounts against base and rate'),
    ('reconciliation_vat_codes', 'Known VAT codes'),
    ('reconciliation_vat_reports', 'VAT payable against the reports filed'),
    ('reconciliation_vouchers', 'Each voucher adds up to nothing'),
    ('reconciliation_year_end', 'Results of closed years against their closing vouchers'),
] %}
{%- for model, what in models %}
select '{{ model }}' as model, '{{ what }}' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref(model) }}
{%- if not loop.last %}
union all
{%- endif -%}
{%- endfor %}
