-- Each account in each month: beginning, debit, credit, change and end. Balance sheet accounts go on from month to month;
-- profit and loss accounts begin at nothing in each accounting period. A month in which one period ends and the next begins is
-- the next one's: what was posted before its first day is in the month, but in no balance of a profit and loss account. The
-- columns ..._before_period tell it, so that beginning and change add up to the end.
with moves as (
    select
        ledger.source_relation, ledger.business_id, ledger.account_netvisor_key, ledger.month,
        sum(ledger.debit) as debit, sum(ledger.credit) as credit, sum(ledger.amount) as net_change,
        sum(case when ledger.is_closing then ledger.amount else 0 end) as closing_change,
        sum(case when ledger.is_before_period then ledger.debit else 0 end) as debit_before_period,
        sum(case when ledger.is_before_period then ledger.credit else 0 end) as credit_before_period,
        sum(case when ledger.is_before_period and ledger.is_closing then ledger.amount else 0 end) as closing_change_before_period,
        count(*) as postings
    from {{ ref('general_ledger') }} as ledger
    where ledger.account_netvisor_key is not null
    group by ledger.source_relation, ledger.business_id, ledger.account_netvisor_key, ledger.month
),

used as (
    select distinct source_relation, business_id, account_netvisor_key from moves
    {{ netvisor.union_distinct() }}
    select source_relation, business_id, account_netvisor_key
    from {{ ref('int_netvisor__opening_balances') }}
    where opening_balance <> 0
),

dense as (
    select
        month.source_relation, month.business_id, used.account_netvisor_key,
        month.month, month.month_end, month.period_netvisor_key, month.is_unfinished, month.accounting_is_locked,
        opening.opening_balance,
        coalesce(moves.debit, 0) as debit,
        coalesce(moves.credit, 0) as credit,
        coalesce(moves.net_change, 0) as net_change,
        coalesce(moves.closing_change, 0) as closing_change,
        coalesce(moves.debit_before_period, 0) as debit_before_period,
        coalesce(moves.credit_before_period, 0) as credit_before_period,
        coalesce(moves.closing_change_before_period, 0) as closing_change_before_period,
        coalesce(moves.postings, 0) as postings
    from used
    inner join {{ ref('dim_month') }} as month on {{ netvisor.same_company('used', 'month') }}
    left join {{ ref('int_netvisor__opening_balances') }} as opening
        on used.account_netvisor_key = opening.account_netvisor_key and {{ netvisor.same_company('used', 'opening') }}
    left join moves
        on used.account_netvisor_key = moves.account_netvisor_key and month.month = moves.month
        and {{ netvisor.same_company('used', 'moves') }}
),

running as (
    select
        *,
        coalesce(opening_balance, 0) + sum(net_change) over (
            partition by source_relation, business_id, account_netvisor_key order by month
            rows between unbounded preceding and current row
        ) as balance_since_ever,
        sum(net_change - debit_before_period + credit_before_period) over (
            partition by source_relation, business_id, account_netvisor_key, period_netvisor_key order by month
            rows between unbounded preceding and current row
        ) as change_in_period,
        first_value(period_netvisor_key) over (
            partition by source_relation, business_id, account_netvisor_key order by month
            rows between unbounded preceding and current row
        ) as first_period
    from dense
),

ended as (
    select
        running.*,
        account.account_number, account.account_name, account.statement,
        -- what the balance takes on in the month
        running.net_change - case
            when account.statement = 'balance sheet' then 0
            else running.debit_before_period - running.credit_before_period
        end as change_of_balance,
        case
            when account.statement = 'balance sheet' then running.balance_since_ever
            else running.change_in_period + case
                when coalesce(running.period_netvisor_key, -1) = coalesce(running.first_period, -1)
                    then coalesce(running.opening_balance, 0)
                else 0
            end
        end as ending_balance
    from running
    inner join {{ ref('dim_account') }} as account
        on running.account_netvisor_key = account.account_netvisor_key
        and {{ netvisor.same_company('running', 'account') }}
)

select
    {{ netvisor.surrogate_key(['source_relation', 'business_id', 'account_netvisor_key', 'month']) }} as account_month_key,
    source_relation,
    business_id,
    account_netvisor_key,
    account_number,
    account_name,
    statement,
    month,
    month_end,
    period_netvisor_key,
    is_unfinished,
    accounting_is_locked,
    {{ netvisor.money('ending_balance - change_of_balance') }} as beginning_balance,
    {{ netvisor.money('debit') }} as debit,
    {{ netvisor.money('credit') }} as credit,
    {{ netvisor.money('net_change') }} as net_change,
    {{ netvisor.money('closing_change') }} as closing_change,
    {{ netvisor.money('debit_before_period') }} as debit_before_period,
    {{ netvisor.money('credit_before_period') }} as credit_before_period,
    {{ netvisor.money('closing_change_before_period') }} as closing_change_before_period,
    {{ netvisor.money('ending_balance') }} as ending_balance,
    postings
from ended
