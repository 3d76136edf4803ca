-- What Netvisor says that each account's balance has changed in each month, against the postings.
with balances as (
    select
        source_relation, business_id, account_netvisor_key, {{ netvisor.month_of('date') }} as month,
        {{ netvisor.money('balance') }} as balance
    from {{ ref('stg_netvisor__account_balances') }}
),

reported_months as (
    select distinct source_relation, business_id, month from balances
),

accounts as (
    select distinct source_relation, business_id, account_netvisor_key from balances
    {{ netvisor.union_distinct() }}
    select distinct source_relation, business_id, account_netvisor_key
    from {{ ref('general_ledger') }}
    where account_netvisor_key is not null
),

posted as (
    select
        source_relation, business_id, account_netvisor_key, month, sum(amount) as amount,
        sum(case when is_before_period then 0 else amount end) as amount_of_period
    from {{ ref('general_ledger') }}
    where account_netvisor_key is not null
    group by source_relation, business_id, account_netvisor_key, month
),

compared as (
    select
        month.source_relation, month.business_id, month.month, month.month_end,
        accounts.account_netvisor_key, account.account_number, account.account_name, account.statement,
        coalesce(after.balance, 0) as reported_balance,
        case
            when account.statement = 'profit and loss' and reading.reading = 'reset'
                and month.month = {{ netvisor.month_of('month.period_begin') }}
                then coalesce(after.balance, 0)
            else coalesce(after.balance, 0) - coalesce(before.balance, 0)
        end as reported_change,
        case
            when account.statement = 'profit and loss' and reading.reading = 'reset'
                and month.month = {{ netvisor.month_of('month.period_begin') }}
                then coalesce(posted.amount_of_period, 0)
            else coalesce(posted.amount, 0)
        end as posted_change
    from reported_months
    inner join {{ ref('dim_month') }} as month
        on reported_months.month = month.month and {{ netvisor.same_company('reported_months', 'month') }}
    -- there is nothing before the first month end to compare with
    inner join reported_months as earlier
        on earlier.month = {{ netvisor.add('month', -1, 'month.month') }}
        and {{ netvisor.same_company('earlier', 'month') }}
    inner join accounts on {{ netvisor.same_company('accounts', 'month') }}
    inner join {{ ref('dim_account') }} as account
        on accounts.account_netvisor_key = account.account_netvisor_key
        and {{ netvisor.same_company('accounts', 'account') }}
    inner join {{ ref('int_netvisor__balance_reading') }} as reading
        on {{ netvisor.same_company('month', 'reading') }}
    left join balances as after
        on accounts.account_netvisor_key = after.account_netvisor_key and month.month = after.month
        and {{ netvisor.same_company('accounts', 'after') }}
    left join balances as before
        on accounts.account_netvisor_key = before.account_netvisor_key and earlier.month = before.month
        and {{ netvisor.same_company('accounts', 'before') }}
    left join posted
        on accounts.account_netvisor_key = posted.account_netvisor_key and month.month = posted.month
        and {{ netvisor.same_company('accounts', 'posted') }}
)

select
    source_relation,
    business_id,
    month,
    month_end,
    account_netvisor_key,
    account_number,
    account_name,
    statement,
    {{ netvisor.money('reported_balance') }} as reported_balance,
    {{ netvisor.money('reported_change') }} as reported_change,
    {{ netvisor.money('posted_change') }} as posted_change,
    {{ netvisor.money('posted_change - reported_change') }} as difference,
    posted_change <> reported_change as is_difference
from compared
