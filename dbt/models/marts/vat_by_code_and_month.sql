-- Base and tax of each VAT code and rate in each month, from the lines that carry the code. Tax is counted line by line.
with lines as (
    select
        ledger.source_relation, ledger.business_id, ledger.month, upper(ledger.vat_code) as vat_code,
        {{ netvisor.money('coalesce(ledger.vat_percent, 0)') }} as vat_percent, code.side, code.name_fi, code.name_en,
        code.base_box, code.tax_box, code.is_deductible, code.is_tax_itself,
        code.vat_code is not null as is_known,
        case when code.side = 'sales' then -ledger.amount else ledger.amount end as amount
    from {{ ref('general_ledger') }} as ledger
    left join {{ ref('netvisor_vat_codes') }} as code on upper(ledger.vat_code) = code.vat_code
    where ledger.vat_code is not null and coalesce(code.side, '') <> 'none' and ledger.vat_code <> ''
),

taxed as (
    select
        *,
        case when is_tax_itself then 0 else amount end as base,
        case
            when is_tax_itself then amount
            else {{ netvisor.money('amount * cast(vat_percent as ' ~ netvisor.rate_type() ~ ') / 100') }}
        end as tax
    from lines
)

select
    {{ netvisor.surrogate_key(['source_relation', 'business_id', 'month', 'vat_code', netvisor.hundredths('vat_percent')]) }} as vat_key,
    source_relation,
    business_id,
    month,
    vat_code,
    vat_percent,
    max(side) as side,
    max(name_fi) as name_fi,
    max(name_en) as name_en,
    is_known,
    max(case
        when base_box is not null then base_box
        when vat_code = 'KOMY' and vat_percent = 0 then '309'
    end) as base_box,
    max(case
        when tax_box <> 'by rate' then tax_box
        when tax_box = 'by rate' and vat_percent > 20 then '301'
        when tax_box = 'by rate' and vat_percent >= 12 then '302'
        when tax_box = 'by rate' and vat_percent > 0 then '303'
    end) as tax_box,
    count(*) as lines,
    {{ netvisor.money('sum(base)') }} as base,
    {{ netvisor.money('sum(tax)') }} as tax,
    {{ netvisor.money('sum(case when tax_box is not null then tax else 0 end)') }} as tax_owed,
    {{ netvisor.money('sum(case when is_deductible then tax else 0 end)') }} as tax_deductible
from taxed
group by source_relation, business_id, month, vat_code, vat_percent, is_known
