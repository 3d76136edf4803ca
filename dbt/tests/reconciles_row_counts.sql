-- No row lost or multiplied.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_row_counts') }}
where is_difference
