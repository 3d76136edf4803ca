-- The statutory balance sheet: every line at each month's end. Both sides are presented as positive.
with leaves as (
    select source_relation, business_id, month, statement_line as line, sum(balance) as balance
    from {{ ref('balance_sheet') }}
    group by source_relation, business_id, month, statement_line
),

months as (
    select
        month.source_relation, month.business_id, month.month, month.month_end, month.is_unfinished,
        line.line, line.side, line.sort_order, line.level, line.name_fi, line.name_en,
        coalesce(sum(leaves.balance), 0) as balance
    from {{ ref('dim_month') }} as month
    inner join {{ ref('netvisor_statement_lines') }} as line on line.statement = 'balance sheet'
    left join leaves
        on month.month = leaves.month and {{ netvisor.same_company('month', 'leaves') }}
        and (
            leaves.line = line.line or leaves.line like {{ dbt.concat(["line.line", "'.%'"]) }}
            -- accounts without a line stand in the total of equity and liabilities too, so that it balances
            or (line.line = 'BL' and leaves.line = 'B?')
        )
    group by
        month.source_relation, month.business_id, month.month, month.month_end, month.is_unfinished,
        line.line, line.side, line.sort_order, line.level, line.name_fi, line.name_en
)

select
    {{ netvisor.surrogate_key(['months.source_relation', 'months.business_id', 'months.month', 'months.line']) }} as line_month_key,
    months.source_relation,
    months.business_id,
    months.month,
    months.month_end,
    months.is_unfinished,
    months.side,
    months.line,
    months.sort_order,
    months.level,
    months.name_fi,
    months.name_en,
    {{ netvisor.money('months.balance') }} as balance,
    {{ netvisor.money("case when months.side = 'assets' then months.balance else -months.balance end") }} as presented_balance,
    {{ netvisor.over_line_months("lag(case when months.side = 'assets' then months.balance else -months.balance end, 12)") }} as presented_balance_previous_year
from months
