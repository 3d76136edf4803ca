-- VAT payable against the reports filed.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_vat_reports') }}
where is_difference
