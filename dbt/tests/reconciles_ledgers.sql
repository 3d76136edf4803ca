-- Sales and purchase ledger against Netvisor's own reconciliation.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_ledgers') }}
where is_difference
