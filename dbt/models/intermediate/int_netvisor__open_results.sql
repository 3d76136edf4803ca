-- What no account of the balance sheet holds yet, at each month's end: the results of the accounting periods less what their
-- closing vouchers have posted, and what was open before the first posting that was read.
with results as (
    select source_relation, business_id, period_netvisor_key, month, sum(amount) as amount
    from (
        select source_relation, business_id, period_netvisor_key, month, amount
        from {{ ref('general_ledger') }}
        where statement = 'profit and loss'
        union all
        select closing.source_relation, closing.business_id, closing.period_netvisor_key,
            {{ netvisor.month_of('closing.voucher_date') }} as month, -closing.amount as amount
        from {{ ref('int_netvisor__closing_vouchers') }} as closing
    ) as moves
    group by source_relation, business_id, period_netvisor_key, month
),

by_month as (
    select
        month.source_relation, month.business_id, month.month, month.month_end,
        case
            when results.period_netvisor_key = month.period_netvisor_key then 'this period' else 'earlier periods'
        end as whose,
        sum(results.amount) as balance
    from {{ ref('dim_month') }} as month
    inner join results on {{ netvisor.same_company('month', 'results') }} and results.month <= month.month
    group by
        month.source_relation, month.business_id, month.month, month.month_end,
        case
            when results.period_netvisor_key = month.period_netvisor_key then 'this period' else 'earlier periods'
        end
),

before_data as (
    select opening.source_relation, opening.business_id, -sum(opening.opening_balance) as balance
    from {{ ref('int_netvisor__opening_balances') }} as opening
    inner join {{ ref('dim_account') }} as account
        on opening.account_netvisor_key = account.account_netvisor_key
        and {{ netvisor.same_company('opening', 'account') }}
    where account.statement = 'balance sheet'
    group by opening.source_relation, opening.business_id
    having sum(opening.opening_balance) <> 0
)

select source_relation, business_id, month, month_end, whose, {{ netvisor.money('balance') }} as balance from by_month
union all
select month.source_relation, month.business_id, month.month, month.month_end, 'before the data', {{ netvisor.money('before_data.balance') }}
from {{ ref('dim_month') }} as month
inner join before_data on {{ netvisor.same_company('month', 'before_data') }}
