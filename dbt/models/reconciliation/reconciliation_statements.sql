-- Each statement against the accounts it is made of, by month: what the lines show less what the accounts hold.
with ledger as (
    select
        source_relation, business_id, month,
        -sum(case when statement = 'profit and loss' then amount else 0 end) as result
    from {{ ref('general_ledger') }}
    group by source_relation, business_id, month
),

results as (
    select month.source_relation, month.business_id, month.month, coalesce(ledger.result, 0) as result
    from {{ ref('dim_month') }} as month
    left join ledger on month.month = ledger.month and {{ netvisor.same_company('month', 'ledger') }}
),

pairs as (
    select statement.source_relation, statement.business_id, statement.month, 'income statement' as statement,
        statement.amount as shown, results.result as held
    from {{ ref('income_statement') }} as statement
    inner join results on statement.month = results.month and {{ netvisor.same_company('statement', 'results') }}
    where statement.line = 'IS15'
    union all
    select results.source_relation, results.business_id, results.month, 'profit and loss',
        coalesce(sum(statement.amount), 0), max(results.result)
    from results
    left join {{ ref('profit_and_loss') }} as statement
        on results.month = statement.month and {{ netvisor.same_company('statement', 'results') }}
    group by results.source_relation, results.business_id, results.month
    union all
    select statement.source_relation, statement.business_id, statement.month,
        {{ dbt.concat(["'by dimension '", "statement.dimension_name"]) }}, sum(statement.amount), max(results.result)
    from {{ ref('profit_and_loss_by_dimension') }} as statement
    inner join results on statement.month = results.month and {{ netvisor.same_company('statement', 'results') }}
    group by statement.source_relation, statement.business_id, statement.month, statement.dimension_name
    union all
    select source_relation, business_id, month, 'balance sheet',
        sum(case when line = 'BA' then presented_balance else 0 end),
        sum(case when line = 'BL' then presented_balance else 0 end)
    from {{ ref('balance_sheet_statutory') }}
    group by source_relation, business_id, month
    union all
    select source_relation, business_id, month, 'cash flow statement',
        sum(case when line = 'change in cash' then amount else 0 end),
        sum(case when line = 'cash accounts' then amount else 0 end)
    from {{ ref('cash_flow_statement') }}
    group by source_relation, business_id, month
)

select
    source_relation,
    business_id,
    month,
    statement,
    {{ netvisor.money('shown') }} as shown,
    {{ netvisor.money('held') }} as held,
    {{ netvisor.money('shown - held') }} as difference,
    shown <> held as is_difference
from pairs
