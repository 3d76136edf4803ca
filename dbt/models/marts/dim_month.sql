-- Every month of each company's books, from the first that was read to the last with a posting or balance.
with recursive companies as (
    select * from {{ ref('int_netvisor__companies') }}
),

months as (
    select source_relation, business_id, first_month as month, last_month, current_month from companies
    union all
    select
        source_relation, business_id, {{ netvisor.add('month', 1, 'month') }} as month, last_month, current_month
    from months
    where month < last_month
),

ends as (
    select source_relation, business_id, month, {{ netvisor.month_end('month') }} as month_end, current_month
    from months
)

select
    ends.source_relation,
    ends.business_id,
    ends.month,
    ends.month_end,
    periods.period_netvisor_key,
    periods.period_name,
    periods.begin_date as period_begin,
    periods.end_date as period_end,
    ends.month >= ends.current_month as is_unfinished,
    coalesce(ends.month_end <= periods.accounting_period_lock_date, false) as accounting_is_locked,
    coalesce(ends.month_end <= periods.vat_period_lock_date, false) as vat_is_locked,
    coalesce(ends.month_end <= periods.purchase_lock_date, false) as purchases_are_locked
from ends
left join {{ ref('dim_period') }} as periods
    on {{ netvisor.in_period('ends.month_end', 'periods') }}
    and {{ netvisor.same_company('ends', 'periods') }}
