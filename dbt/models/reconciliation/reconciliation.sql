-- Every reconciliation in one row: how much was compared, and how much of it differs.
select 'reconciliation_account_balances' as model, 'Postings against Netvisor''s own account balances' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_account_balances') }}
union all
select 'reconciliation_account_lines' as model, 'Accounts without a line in the statements' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_account_lines') }}
union all
select 'reconciliation_balance_sheet' as model, 'The balance sheet adds up' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_balance_sheet') }}
union all
select 'reconciliation_companies' as model, 'Each company in one source' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_companies') }}
union all
select 'reconciliation_ledgers' as model, 'Sales and purchase ledger against Netvisor''s own reconciliation' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_ledgers') }}
union all
select 'reconciliation_payable_invoices' as model, 'Each purchase invoice''s open sum' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_payable_invoices') }}
union all
select 'reconciliation_payables' as model, 'Purchase invoices and payments against their account' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_payables') }}
union all
select 'reconciliation_receivable_invoices' as model, 'Each sales invoice''s open sum' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_receivable_invoices') }}
union all
select 'reconciliation_receivables' as model, 'Sales invoices and payments against their account' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_receivables') }}
union all
select 'reconciliation_row_counts' as model, 'No row lost or multiplied' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_row_counts') }}
union all
select 'reconciliation_statements' as model, 'Statements against the accounts' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_statements') }}
union all
select 'reconciliation_vat' as model, 'VAT accounts against base and rate' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_vat') }}
union all
select 'reconciliation_vat_codes' as model, 'Known VAT codes' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_vat_codes') }}
union all
select 'reconciliation_vat_reports' as model, 'VAT payable against the reports filed' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_vat_reports') }}
union all
select 'reconciliation_vouchers' as model, 'Each voucher adds up to nothing' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_vouchers') }}
union all
select 'reconciliation_year_end' as model, 'Results of closed years against their closing vouchers' as what, count(*) as compared,
    coalesce(sum(case when is_difference then 1 else 0 end), 0) as differences
from {{ ref('reconciliation_year_end') }}
