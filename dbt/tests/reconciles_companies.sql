-- Each company in one source.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_companies') }}
where is_difference
