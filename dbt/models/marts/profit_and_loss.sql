-- Profit and loss by account and month: income positive, costs negative, so that it adds up to the result.
with months as (
    select
        ledger.*,
        -ledger.net_change as amount,
        -ledger.ending_balance as amount_year_to_date
    from {{ ref('general_ledger_by_period') }} as ledger
    where ledger.statement = 'profit and loss'
)

select
    months.account_month_key,
    months.source_relation,
    months.business_id,
    months.month,
    months.month_end,
    months.period_netvisor_key,
    months.is_unfinished,
    account.top_group,
    account.account_group,
    months.account_netvisor_key,
    months.account_number,
    months.account_name,
    account.statement_line,
    account.sort_order,
    {{ netvisor.money('months.amount') }} as amount,
    {{ netvisor.money('case when coalesce(line.is_cost, false) then -months.amount else months.amount end') }} as amount_costs_positive,
    {{ netvisor.money('months.amount_year_to_date') }} as amount_year_to_date,
    {{ netvisor.over_account_months('lag(months.amount, 12)') }} as amount_previous_year,
    {{ netvisor.over_account_months('lag(months.amount_year_to_date, 12)') }} as amount_year_to_date_previous_year,
    {{ netvisor.over_account_months('sum(months.amount)', 'rows between 11 preceding and current row') }} as amount_rolling_12_months
from months
inner join {{ ref('dim_account') }} as account
    on months.account_netvisor_key = account.account_netvisor_key and {{ netvisor.same_company('months', 'account') }}
left join {{ ref('netvisor_statement_lines') }} as line on account.statement_line = line.line
