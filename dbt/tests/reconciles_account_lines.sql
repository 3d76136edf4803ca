-- Accounts without a line in the statements.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_account_lines') }}
where is_difference
