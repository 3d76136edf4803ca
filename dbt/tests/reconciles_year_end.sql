-- Results of closed years against their closing vouchers.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_year_end') }}
where is_difference
