-- The VAT codes in use; one that the seed netvisor_vat_codes does not know stands in no box of the VAT return.
select
    source_relation,
    business_id,
    vat_code,
    max(name_en) as name_en,
    sum(lines) as lines,
    {{ netvisor.money('sum(base)') }} as base,
    max(case when is_known then 1 else 0 end) = 0 as is_difference
from {{ ref('vat_by_code_and_month') }}
group by source_relation, business_id, vat_code
