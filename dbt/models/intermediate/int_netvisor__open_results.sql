-- What no account of the balance sheet holds yet, at each month's end: the results of the accounting periods less what their
-- closing vouchers have posted, and what was open before the first posting that was read. Where the data begin in the middle
-- of an accounting period, that is this period's result so far, which its closing voucher will have too.
with before_data as (
    select
        opening.source_relation, opening.business_id,
        -sum(case when account.statement = 'balance sheet' then opening.opening_balance else 0 end) as balance,
        sum(case when account.statement = 'balance sheet' then 0 else opening.opening_balance end) as result_of_period
    from {{ ref('int_netvisor__opening_balances') }} as opening
    inner join {{ ref('dim_account') }} as account
        on opening.account_netvisor_key = account.account_netvisor_key
        and {{ netvisor.same_company('opening', 'account') }}
    group by opening.source_relation, opening.business_id
),

before_split as (
    select
        before_data.source_relation, before_data.business_id, companies.first_month, month.period_netvisor_key,
        before_data.balance,
        case
            when month.period_begin is null or month.period_begin >= companies.first_month then 0
            -- the accounts of the profit and loss tell it, where their balances begin at nothing in each period
            when reading.reading = 'reset' then before_data.result_of_period
            -- elsewhere the years before are taken to be closed
            else before_data.balance
        end as of_period
    from before_data
    inner join {{ ref('int_netvisor__companies') }} as companies
        on {{ netvisor.same_company('before_data', 'companies') }}
    inner join {{ ref('int_netvisor__balance_reading') }} as reading
        on {{ netvisor.same_company('before_data', 'reading') }}
    inner join {{ ref('dim_month') }} as month
        on companies.first_month = month.month and {{ netvisor.same_company('before_data', 'month') }}
),

results as (
    select source_relation, business_id, period_netvisor_key, month, sum(amount) as amount
    from (
        select source_relation, business_id, period_netvisor_key, month, amount
        from {{ ref('general_ledger') }}
        where statement = 'profit and loss'
        union all
        select closing.source_relation, closing.business_id, closing.period_netvisor_key,
            {{ netvisor.month_of('closing.voucher_date') }} as month, -closing.amount as amount
        from {{ ref('int_netvisor__closing_vouchers') }} as closing
        union all
        select source_relation, business_id, period_netvisor_key, first_month, of_period
        from before_split
        where of_period <> 0
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
)

select source_relation, business_id, month, month_end, whose, {{ netvisor.money('balance') }} as balance from by_month
union all
select
    month.source_relation, month.business_id, month.month, month.month_end, 'before the data',
    {{ netvisor.money('before_split.balance - before_split.of_period') }}
from {{ ref('dim_month') }} as month
inner join before_split on {{ netvisor.same_company('month', 'before_split') }}
where before_split.balance <> before_split.of_period
