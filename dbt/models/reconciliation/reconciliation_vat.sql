-- Tax by base and rate of the VAT codes, against what was posted on the VAT accounts, by month, without the vouchers that
-- settle VAT. Netvisor rounds each line, so half a cent a line may differ.
with settlements as (
    select distinct ledger.source_relation, ledger.business_id, ledger.voucher_netvisor_key
    from {{ ref('general_ledger') }} as ledger
    inner join {{ ref('int_netvisor__vat_accounts') }} as vat
        on ledger.account_number = vat.account_number and vat.holds = 'settlement'
        and {{ netvisor.same_company('ledger', 'vat') }}
),

posted as (
    select
        ledger.source_relation, ledger.business_id, ledger.month, vat.holds,
        sum(case when vat.holds = 'debt' then -ledger.amount else ledger.amount end) as amount,
        count(*) as lines
    from {{ ref('general_ledger') }} as ledger
    inner join {{ ref('int_netvisor__vat_accounts') }} as vat
        on ledger.account_number = vat.account_number and vat.holds <> 'settlement'
        and {{ netvisor.same_company('ledger', 'vat') }}
    left join settlements
        on ledger.voucher_netvisor_key = settlements.voucher_netvisor_key
        and {{ netvisor.same_company('ledger', 'settlements') }}
    where settlements.voucher_netvisor_key is null
    group by ledger.source_relation, ledger.business_id, ledger.month, vat.holds
),

computed as (
    select source_relation, business_id, month, 'debt' as holds, sum(tax_owed) as amount,
        sum(case when tax_owed <> 0 then lines else 0 end) as lines
    from {{ ref('vat_by_code_and_month') }}
    group by source_relation, business_id, month
    union all
    select source_relation, business_id, month, 'receivable', sum(tax_deductible),
        sum(case when tax_deductible <> 0 then lines else 0 end)
    from {{ ref('vat_by_code_and_month') }}
    group by source_relation, business_id, month
),

compared as (
    select
        month.source_relation, month.business_id, month.month, month.month_end, kinds.holds,
        coalesce(computed.amount, 0) as computed_tax,
        coalesce(posted.amount, 0) as posted_tax,
        coalesce(computed.lines, 0) as lines
    from {{ ref('dim_month') }} as month
    cross join (select 'debt' as holds union all select 'receivable') as kinds
    left join computed
        on month.month = computed.month and kinds.holds = computed.holds
        and {{ netvisor.same_company('month', 'computed') }}
    left join posted
        on month.month = posted.month and kinds.holds = posted.holds and {{ netvisor.same_company('month', 'posted') }}
)

select
    source_relation,
    business_id,
    month,
    month_end,
    holds,
    {{ netvisor.money('computed_tax') }} as computed_tax,
    {{ netvisor.money('posted_tax') }} as posted_tax,
    lines,
    {{ netvisor.money('posted_tax - computed_tax') }} as difference,
    abs(posted_tax - computed_tax) * 200 > lines as is_difference
from compared
