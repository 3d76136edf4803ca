-- The boxes of the VAT return by month, as the VAT codes of the postings give them. For a company that files by quarter or by
-- year, add up its months.
with parts as (
    select source_relation, business_id, month, tax_box as box, tax_owed as amount
    from {{ ref('vat_by_code_and_month') }}
    where tax_box is not null
    union all
    select source_relation, business_id, month, base_box, base
    from {{ ref('vat_by_code_and_month') }}
    where base_box is not null
    union all
    select source_relation, business_id, month, '307', tax_deductible
    from {{ ref('vat_by_code_and_month') }}
    union all
    select source_relation, business_id, month, '308', tax_owed - tax_deductible
    from {{ ref('vat_by_code_and_month') }}
)

select
    {{ netvisor.surrogate_key(['month.source_relation', 'month.business_id', 'month.month', 'box.box']) }} as box_month_key,
    month.source_relation,
    month.business_id,
    month.month,
    month.month_end,
    month.is_unfinished,
    month.vat_is_locked,
    box.box,
    box.kind,
    box.sort_order,
    box.name_fi,
    box.name_en,
    {{ netvisor.money('coalesce(sum(parts.amount), 0)') }} as amount
from {{ ref('dim_month') }} as month
cross join {{ ref('netvisor_vat_boxes') }} as box
left join parts
    on month.month = parts.month and box.box = parts.box and {{ netvisor.same_company('month', 'parts') }}
group by
    month.source_relation, month.business_id, month.month, month.month_end, month.is_unfinished, month.vat_is_locked,
    box.box, box.kind, box.sort_order, box.name_fi, box.name_en
