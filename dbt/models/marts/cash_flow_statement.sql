-- The indirect cash flow statement by month: from the result to the change of cash. Closing vouchers move no money. The year to
-- date adds up what the accounting period has of each month, which is all of it where no two periods share the month.
with moves as (
    select
        ledger.source_relation, ledger.business_id, ledger.month, account.statement,
        coalesce(account.cash_flow, case when account.statement = 'balance sheet' then 'payables' else 'result' end) as category,
        sum(ledger.net_change - ledger.closing_change) as amount,
        sum(
            ledger.net_change - ledger.debit_before_period + ledger.credit_before_period
            - ledger.closing_change + ledger.closing_change_before_period
        ) as amount_of_period
    from {{ ref('general_ledger_by_period') }} as ledger
    inner join {{ ref('dim_account') }} as account
        on ledger.account_netvisor_key = account.account_netvisor_key and {{ netvisor.same_company('ledger', 'account') }}
    group by
        ledger.source_relation, ledger.business_id, ledger.month, account.statement,
        coalesce(account.cash_flow, case when account.statement = 'balance sheet' then 'payables' else 'result' end)
),

spans as (
    select source_relation, business_id, month, statement, category, 'month' as span, amount from moves
    union all
    select source_relation, business_id, month, statement, category, 'period', amount_of_period from moves
),

parts as (
    select
        source_relation, business_id, month, span,
        sum(case when statement = 'profit and loss' then -amount else 0 end) as result,
        sum(case when statement = 'profit and loss' and category = 'depreciation' then amount else 0 end) as depreciation,
        sum(case when category = 'appropriations' then case when statement = 'profit and loss' then amount else -amount end else 0 end) as appropriations,
        sum(case when statement = 'balance sheet' and category = 'inventories' then -amount else 0 end) as inventories,
        sum(case when statement = 'balance sheet' and category = 'receivables' then -amount else 0 end) as receivables,
        sum(case when statement = 'balance sheet' and category in ('payables', 'provisions') then -amount else 0 end) as payables,
        sum(case when statement = 'balance sheet' and category = 'investments' then -amount else 0 end) as fixed_assets,
        sum(case when statement = 'balance sheet' and category = 'loans' then -amount else 0 end) as loans,
        sum(case when statement = 'balance sheet' and category = 'equity' then -amount else 0 end) as equity,
        sum(case when statement = 'balance sheet' and category = 'cash' then amount else 0 end) as cash
    from spans
    group by source_relation, business_id, month, span
),

lines as (
    {%- set lines = [
        ('result', 10, 'operations', 'Tilikauden tulos', 'Result', 'result'),
        ('depreciation', 20, 'operations', 'Poistot ja arvonalentumiset', 'Depreciation and impairment', 'depreciation'),
        ('appropriations', 30, 'operations', 'Tilinpäätössiirrot', 'Appropriations', 'appropriations'),
        ('inventories', 40, 'operations', 'Vaihto-omaisuuden muutos', 'Change in stocks', 'inventories'),
        ('receivables', 50, 'operations', 'Saamisten muutos', 'Change in debtors', 'receivables'),
        ('payables', 60, 'operations', 'Korottomien velkojen muutos', 'Change in creditors and provisions', 'payables'),
        ('operations', 70, 'total', 'Liiketoiminnan rahavirta', 'Cash flow from operations',
            'result + depreciation + appropriations + inventories + receivables + payables'),
        ('investments', 80, 'investments', 'Investointien rahavirta', 'Cash flow from investments', 'fixed_assets - depreciation'),
        ('loans', 90, 'financing', 'Lainojen muutos', 'Change in loans', 'loans'),
        ('equity', 100, 'financing', 'Oman pääoman muutos', 'Change in equity', 'equity'),
        ('financing', 110, 'total', 'Rahoituksen rahavirta', 'Cash flow from financing', 'loans + equity'),
        ('change in cash', 120, 'total', 'Rahavarojen muutos', 'Change in cash',
            'result + appropriations + inventories + receivables + payables + fixed_assets + loans + equity'),
        ('cash accounts', 130, 'check', 'Rahatilien muutos kirjanpidossa', 'Change of the cash accounts in the ledger', 'cash'),
    ] -%}
    {%- for line, order, section, finnish, english, formula in lines %}
    select
        source_relation, business_id, month, span, '{{ line }}' as line, {{ order }} as sort_order, '{{ section }}' as section,
        '{{ finnish }}' as name_fi, '{{ english }}' as name_en, {{ formula }} as amount
    from parts
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
),

both_ as (
    select
        source_relation, business_id, month, line, sort_order, section, name_fi, name_en,
        sum(case when span = 'month' then amount else 0 end) as amount,
        sum(case when span = 'period' then amount else 0 end) as amount_of_period
    from lines
    group by source_relation, business_id, month, line, sort_order, section, name_fi, name_en
)

select
    {{ netvisor.surrogate_key(['lines.source_relation', 'lines.business_id', 'lines.month', 'lines.line']) }} as line_month_key,
    lines.source_relation,
    lines.business_id,
    lines.month,
    month.month_end,
    month.is_unfinished,
    lines.section,
    lines.line,
    lines.sort_order,
    lines.name_fi,
    lines.name_en,
    {{ netvisor.money('lines.amount') }} as amount,
    {{ netvisor.money('sum(lines.amount_of_period) over (partition by lines.source_relation, lines.business_id, lines.line, month.period_netvisor_key order by lines.month rows between unbounded preceding and current row)') }} as amount_year_to_date
from both_ as lines
inner join {{ ref('dim_month') }} as month
    on lines.month = month.month and {{ netvisor.same_company('lines', 'month') }}
