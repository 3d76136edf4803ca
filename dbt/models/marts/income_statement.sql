-- The statutory income statement by nature, line by line and month by month. Income positive, costs negative.
with leaves as (
    select
        source_relation, business_id, month, coalesce(statement_line, 'IS?') as line,
        sum(amount) as amount, sum(amount_year_to_date) as amount_year_to_date
    from {{ ref('profit_and_loss') }}
    group by source_relation, business_id, month, coalesce(statement_line, 'IS?')
),

placed as (
    select leaves.*, line.sort_order
    from leaves
    inner join {{ ref('netvisor_statement_lines') }} as line on leaves.line = line.line
),

months as (
    select
        month.source_relation, month.business_id, month.month, month.month_end, month.period_netvisor_key,
        month.is_unfinished,
        line.line, line.kind, line.sort_order, line.level, line.name_fi, line.name_en, line.is_cost,
        coalesce(sum(placed.amount), 0) as amount,
        coalesce(sum(placed.amount_year_to_date), 0) as amount_year_to_date
    from {{ ref('dim_month') }} as month
    inner join {{ ref('netvisor_statement_lines') }} as line on line.statement = 'income statement'
    left join placed
        on month.month = placed.month and {{ netvisor.same_company('month', 'placed') }}
        and (
            (line.kind = 'total' and placed.sort_order < line.sort_order)
            or (
                line.kind = 'line'
                and (placed.line = line.line or placed.line like {{ dbt.concat(["line.line", "'.%'"]) }})
            )
        )
    group by
        month.source_relation, month.business_id, month.month, month.month_end, month.period_netvisor_key,
        month.is_unfinished,
        line.line, line.kind, line.sort_order, line.level, line.name_fi, line.name_en, line.is_cost
)

select
    {{ netvisor.surrogate_key(['months.source_relation', 'months.business_id', 'months.month', 'months.line']) }} as line_month_key,
    months.source_relation,
    months.business_id,
    months.month,
    months.month_end,
    months.period_netvisor_key,
    months.is_unfinished,
    months.line,
    months.kind,
    months.sort_order,
    months.level,
    months.name_fi,
    months.name_en,
    {{ netvisor.money('months.amount') }} as amount,
    {{ netvisor.money('case when months.is_cost then -months.amount else months.amount end') }} as amount_costs_positive,
    {{ netvisor.money('months.amount_year_to_date') }} as amount_year_to_date,
    {{ netvisor.over_line_months('lag(months.amount, 12)') }} as amount_previous_year,
    {{ netvisor.over_line_months('lag(months.amount_year_to_date, 12)') }} as amount_year_to_date_previous_year,
    {{ netvisor.over_line_months('sum(months.amount)', 'rows between 11 preceding and current row') }} as amount_rolling_12_months
from months
