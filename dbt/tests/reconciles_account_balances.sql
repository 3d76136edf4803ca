-- Postings against Netvisor's own account balances.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_account_balances') }}
where is_difference
