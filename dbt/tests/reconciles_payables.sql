-- Purchase invoices and payments against their account.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_payables') }}
where is_difference
