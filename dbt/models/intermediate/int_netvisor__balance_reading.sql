-- Whether Netvisor's balance of a profit and loss account goes on over the end of a year ('carried') or begins at nothing in
-- each accounting period ('reset'): its documents do not say. What the postings agree with more often counts.
with balances as (
    select
        source_relation, business_id, account_netvisor_key,
        {{ netvisor.month_of('date') }} as month,
        {{ netvisor.money('balance') }} as balance
    from {{ ref('stg_netvisor__account_balances') }}
),

posted as (
    select
        source_relation, business_id, account_netvisor_key, month, sum(amount) as amount,
        sum(case when is_before_period then 0 else amount end) as amount_of_period
    from {{ ref('general_ledger') }}
    where statement = 'profit and loss'
    group by source_relation, business_id, account_netvisor_key, month
),

beginnings as (
    select source_relation, business_id, month
    from {{ ref('dim_month') }}
    where month = {{ netvisor.month_of('period_begin') }}
),

compared as (
    select
        before.source_relation,
        before.business_id,
        case when coalesce(after.balance, 0) - before.balance = coalesce(posted.amount, 0) then 1 else 0 end as carried,
        case when coalesce(after.balance, 0) = coalesce(posted.amount_of_period, 0) then 1 else 0 end as reset
    from beginnings
    inner join balances as before
        on {{ netvisor.same_company('before', 'beginnings') }}
        and before.month = {{ netvisor.add('month', -1, 'beginnings.month') }}
    inner join {{ ref('dim_account') }} as account
        on before.account_netvisor_key = account.account_netvisor_key
        and {{ netvisor.same_company('before', 'account') }} and account.statement = 'profit and loss'
    left join balances as after
        on before.account_netvisor_key = after.account_netvisor_key and after.month = beginnings.month
        and {{ netvisor.same_company('before', 'after') }}
    left join posted
        on before.account_netvisor_key = posted.account_netvisor_key and posted.month = beginnings.month
        and {{ netvisor.same_company('before', 'posted') }}
    where before.balance <> 0
)

select
    companies.source_relation,
    companies.business_id,
    case when coalesce(sum(compared.reset), 0) > coalesce(sum(compared.carried), 0) then 'reset' else 'carried' end as reading
from {{ ref('int_netvisor__companies') }} as companies
left join compared on {{ netvisor.same_company('companies', 'compared') }}
group by companies.source_relation, companies.business_id
