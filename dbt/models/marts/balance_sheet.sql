-- The balance sheet at each month's end, by account, with the results that no account holds yet: it adds up to nothing.
with rows_ as (
    select
        ledger.source_relation, ledger.business_id, ledger.month, ledger.month_end, ledger.is_unfinished,
        coalesce(line.side, case when account.is_natural_negative then 'liabilities' else 'assets' end) as side,
        account.account_netvisor_key, account.account_number, account.account_name,
        account.account_group, account.path, account.sort_order, coalesce(account.statement_line, 'B?') as statement_line,
        false as is_generated,
        ledger.ending_balance as balance
    from {{ ref('general_ledger_by_period') }} as ledger
    inner join {{ ref('dim_account') }} as account
        on ledger.account_netvisor_key = account.account_netvisor_key and {{ netvisor.same_company('ledger', 'account') }}
    left join {{ ref('netvisor_statement_lines') }} as line on account.statement_line = line.line
    where ledger.statement = 'balance sheet'
    union all
    select
        result.source_relation, result.business_id, result.month, result.month_end, month.is_unfinished,
        'liabilities',
        cast(null as {{ dbt.type_bigint() }}), cast(null as {{ dbt.type_string() }}),
        case result.whose
            when 'this period' then 'Result of the accounting period, not closed'
            when 'earlier periods' then 'Result of earlier accounting periods, not closed'
            else 'Result from before the data, not closed'
        end,
        'Result not closed', 'Result not closed', cast(null as {{ dbt.type_bigint() }}),
        case result.whose when 'this period' then 'BL.A.IV' else 'BL.A.III' end,
        true,
        result.balance
    from {{ ref('int_netvisor__open_results') }} as result
    inner join {{ ref('dim_month') }} as month
        on result.month = month.month and {{ netvisor.same_company('result', 'month') }}
)

select
    {{ netvisor.surrogate_key(['source_relation', 'business_id', 'month_end', 'account_netvisor_key', 'account_name']) }} as balance_sheet_key,
    source_relation,
    business_id,
    month,
    month_end,
    is_unfinished,
    side,
    account_group,
    account_netvisor_key,
    account_number,
    account_name,
    path,
    statement_line,
    sort_order,
    is_generated,
    {{ netvisor.money('balance') }} as balance,
    {{ netvisor.money("case when side = 'assets' then balance else -balance end") }} as presented_balance
from rows_
