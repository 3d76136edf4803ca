-- Statements against the accounts.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_statements') }}
where is_difference
