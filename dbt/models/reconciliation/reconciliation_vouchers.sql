-- Each voucher's lines add up to nothing, but for those that close a year.
select
    source_relation,
    business_id,
    voucher_netvisor_key,
    min(posting_date) as posting_date,
    min(voucher_type) as voucher_type,
    min(voucher_number) as voucher_number,
    min(voucher_description) as voucher_description,
    count(*) as lines,
    {{ netvisor.money('sum(amount)') }} as difference,
    sum(amount) <> 0 as is_difference
from {{ ref('general_ledger') }}
where not is_closing
group by source_relation, business_id, voucher_netvisor_key
