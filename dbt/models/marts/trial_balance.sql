-- Every account that was used, at each month's end: what it began the accounting period with, what was posted in the month and
-- in the period up to then, and its balance. Of a month that two periods share, only what was posted since the newer one began
-- counts in the period. Debit balances less credit balances are the results not yet closed.
with balances as (
    select
        *,
        sum(debit - debit_before_period) over (
            partition by source_relation, business_id, account_netvisor_key, period_netvisor_key order by month
            rows between unbounded preceding and current row
        ) as debit_in_period,
        sum(credit - credit_before_period) over (
            partition by source_relation, business_id, account_netvisor_key, period_netvisor_key order by month
            rows between unbounded preceding and current row
        ) as credit_in_period
    from {{ ref('general_ledger_by_period') }}
)

select
    account_month_key,
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
    {{ netvisor.money('ending_balance - debit_in_period + credit_in_period') }} as balance_at_period_start,
    debit,
    credit,
    {{ netvisor.money('debit_in_period') }} as debit_in_period,
    {{ netvisor.money('credit_in_period') }} as credit_in_period,
    ending_balance,
    {{ netvisor.money('case when ending_balance > 0 then ending_balance else 0 end') }} as debit_balance,
    {{ netvisor.money('case when ending_balance < 0 then -ending_balance else 0 end') }} as credit_balance
from balances
