-- The accounts of VAT by what they hold: debt, receivable, or the tax account that both are closed to when VAT is reported.
with chosen as (
    select
        source_relation, business_id, account_number,
        case
            when purpose = 'tax_account' then 'settlement'
            when purpose = 'purchase_vat_receivable' then 'receivable'
            else 'debt'
        end as holds
    from {{ ref('stg_netvisor__default_accounts') }}
    where purpose in ('tax_account', 'purchase_vat_receivable', 'sales_vat_debt', 'vat_payable') and account_number is not null
),

usual as (
    select '1763' as account_number, 'receivable' as holds
    union all
    select '2939', 'debt'
    union all
    select '2948', 'settlement'
)

select distinct source_relation, business_id, account_number, holds from chosen
{{ netvisor.union_distinct() }}
select companies.source_relation, companies.business_id, usual.account_number, usual.holds
from {{ ref('int_netvisor__companies') }} as companies
cross join usual
left join (select distinct source_relation, business_id, holds from chosen) as known
    on usual.holds = known.holds and {{ netvisor.same_company('companies', 'known') }}
where known.holds is null
