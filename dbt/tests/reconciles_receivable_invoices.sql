-- Each sales invoice's open sum.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_receivable_invoices') }}
where is_difference
