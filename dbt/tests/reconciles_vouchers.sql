-- Each voucher adds up to nothing.
{{ config(severity=var('netvisor_test_severity')) }}
select *
from {{ ref('reconciliation_vouchers') }}
where is_difference
