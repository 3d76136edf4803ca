-- VAT accounts against base and rate.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_vat') }}
where is_difference
