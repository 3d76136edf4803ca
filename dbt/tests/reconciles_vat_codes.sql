-- Known VAT codes.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_vat_codes') }}
where is_difference
