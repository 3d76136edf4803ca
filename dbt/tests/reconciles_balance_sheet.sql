-- The balance sheet adds up.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_balance_sheet') }}
where is_difference
