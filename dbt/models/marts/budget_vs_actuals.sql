-- Budget and actual result by account and month: income positive, costs negative. Netvisor's documents do not say which sign a
-- budget has, so it is read from the income accounts, unless the variable netvisor_budget_sign tells.
{%- set reading = var('netvisor_budget_sign') %}
with budgets as (
    select
        budget.source_relation, budget.business_id, budget.account_number,
        cast({{ dbt.concat([
            "cast(budget.year as " ~ dbt.type_string() ~ ")", "'-'",
            "case when budget.month < 10 then '0' else '' end",
            "cast(budget.month as " ~ dbt.type_string() ~ ")", "'-01'"
        ]) }} as date) as month,
        sum({{ netvisor.money('budget.sum') }}) as amount
    from {{ ref('stg_netvisor__budgets') }} as budget
    where budget.sum is not null
    group by budget.source_relation, budget.business_id, budget.account_number, budget.year, budget.month
),

accounts as (
    select account.*, coalesce(line.is_cost, not account.is_natural_negative) as is_cost
    from {{ ref('dim_account') }} as account
    left join {{ ref('netvisor_statement_lines') }} as line on account.statement_line = line.line
    where not account.is_group and account.is_first_of_number and account.statement = 'profit and loss'
),

signs as (
    select
        budgets.source_relation, budgets.business_id,
        case
            {%- if reading == 'auto' %}
            when sum(case when not accounts.is_cost then budgets.amount else 0 end) < 0 then 'ledger'
            else 'natural'
            {%- else %}
            when 1 = 1 then '{{ reading }}'
            {%- endif %}
        end as reading
    from budgets
    inner join accounts
        on budgets.account_number = accounts.account_number and {{ netvisor.same_company('budgets', 'accounts') }}
    group by budgets.source_relation, budgets.business_id
),

budgeted as (
    select
        budgets.source_relation, budgets.business_id, accounts.account_netvisor_key, budgets.month,
        case
            when signs.reading = 'ledger' or accounts.is_cost then -budgets.amount
            else budgets.amount
        end as budget
    from budgets
    inner join accounts
        on budgets.account_number = accounts.account_number and {{ netvisor.same_company('budgets', 'accounts') }}
    inner join signs on {{ netvisor.same_company('budgets', 'signs') }}
),

actual as (
    select source_relation, business_id, account_netvisor_key, month, amount, is_unfinished
    from {{ ref('profit_and_loss') }}
),

both_ as (
    select
        coalesce(budgeted.source_relation, actual.source_relation) as source_relation,
        coalesce(budgeted.business_id, actual.business_id) as business_id,
        coalesce(budgeted.account_netvisor_key, actual.account_netvisor_key) as account_netvisor_key,
        coalesce(budgeted.month, actual.month) as month,
        coalesce(actual.is_unfinished, true) as is_unfinished,
        budgeted.budget,
        coalesce(actual.amount, 0) as actual
    from budgeted
    full outer join actual
        on budgeted.account_netvisor_key = actual.account_netvisor_key and budgeted.month = actual.month
        and {{ netvisor.same_company('budgeted', 'actual') }}
)

select
    {{ netvisor.surrogate_key(['both_.source_relation', 'both_.business_id', 'both_.account_netvisor_key', 'both_.month']) }} as account_month_key,
    both_.source_relation,
    both_.business_id,
    both_.month,
    both_.is_unfinished,
    both_.account_netvisor_key,
    accounts.account_number,
    accounts.account_name,
    accounts.account_group,
    accounts.statement_line,
    accounts.sort_order,
    {{ netvisor.money('both_.budget') }} as budget,
    {{ netvisor.money('both_.actual') }} as actual,
    {{ netvisor.money('both_.actual - coalesce(both_.budget, 0)') }} as difference
from both_
inner join accounts
    on both_.account_netvisor_key = accounts.account_netvisor_key and {{ netvisor.same_company('both_', 'accounts') }}
where both_.budget is not null or both_.actual <> 0
