-- Accounts that were used and belong to no line of the statutory statements, or that postings name and the chart lacks.
with used as (
    select
        source_relation, business_id, account_number, account_netvisor_key,
        count(*) as postings, sum(amount) as amount
    from {{ ref('general_ledger') }}
    group by source_relation, business_id, account_number, account_netvisor_key
)

select
    used.source_relation,
    used.business_id,
    used.account_number,
    account.account_name,
    account.statement,
    account.statement_line,
    account.statement_line_chosen_by,
    used.postings,
    {{ netvisor.money('used.amount') }} as amount,
    case
        when used.account_netvisor_key is null then 'not in the chart of accounts'
        when account.statement_line is null then 'no line in the statements'
        when line.line is null then 'a line that its statement does not have'
    end as problem,
    used.account_netvisor_key is null or line.line is null as is_difference
from used
left join {{ ref('dim_account') }} as account
    on used.account_netvisor_key = account.account_netvisor_key and {{ netvisor.same_company('used', 'account') }}
left join {{ ref('netvisor_statement_lines') }} as line
    on account.statement_line = line.line and line.kind = 'line'
    and line.statement = case when account.statement = 'balance sheet' then 'balance sheet' else 'income statement' end
