-- Each account's balance before the first posting that was read: Netvisor's own at the first month's end less what was posted
-- up to then. A profit and loss account begins at nothing where the data begin with an accounting period; elsewhere its
-- opening is known only where Netvisor's balances begin anew in each period.
with posted as (
    select ledger.source_relation, ledger.business_id, ledger.account_netvisor_key, sum(ledger.amount) as amount
    from {{ ref('general_ledger') }} as ledger
    inner join {{ ref('int_netvisor__companies') }} as companies
        on {{ netvisor.same_company('ledger', 'companies') }} and ledger.posting_date <= companies.first_month_end
    group by ledger.source_relation, ledger.business_id, ledger.account_netvisor_key
),

reported as (
    select
        balances.source_relation, balances.business_id, balances.account_netvisor_key,
        {{ netvisor.money('balances.balance') }} as balance
    from {{ ref('stg_netvisor__account_balances') }} as balances
    inner join {{ ref('int_netvisor__companies') }} as companies
        on {{ netvisor.same_company('balances', 'companies') }} and balances.date = companies.first_month_end
),

known as (
    select
        account.source_relation, account.business_id, account.account_netvisor_key, account.statement,
        companies.first_month_end,
        coalesce(reported.balance, 0) - coalesce(posted.amount, 0) as balance,
        reading.reading,
        case when {{ netvisor.month_of('month.period_begin') }} = companies.first_month then 1 else 0 end as begins_a_period
    from {{ ref('dim_account') }} as account
    inner join {{ ref('int_netvisor__companies') }} as companies
        on {{ netvisor.same_company('account', 'companies') }}
    inner join {{ ref('int_netvisor__balance_reading') }} as reading
        on {{ netvisor.same_company('account', 'reading') }}
    left join {{ ref('dim_month') }} as month
        on {{ netvisor.same_company('account', 'month') }} and month.month = companies.first_month
    left join reported
        on account.account_netvisor_key = reported.account_netvisor_key
        and {{ netvisor.same_company('account', 'reported') }}
    left join posted
        on account.account_netvisor_key = posted.account_netvisor_key and {{ netvisor.same_company('account', 'posted') }}
    where not account.is_group
)

select
    source_relation,
    business_id,
    account_netvisor_key,
    cast(case
        -- without Netvisor's balances only what changed is known
        when first_month_end is null then 0
        when statement = 'balance sheet' then balance
        when begins_a_period = 1 or reading = 'carried' then 0
        else balance
    end as {{ netvisor.money_type() }}) as opening_balance
from known
