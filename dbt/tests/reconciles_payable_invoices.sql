-- Each purchase invoice's open sum.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_payable_invoices') }}
where is_difference
