-- Profit and loss by dimension item, month and account, for every dimension alike: what has no item stands under (none), so
-- that each dimension adds up to the whole. Where a line has two items of one dimension, the first one counts.
with dimensions as (
    select distinct source_relation, business_id, dimension_name from {{ ref('dim_dimension_item') }}
    {{ netvisor.union_distinct() }}
    select distinct source_relation, business_id, dimension_name from {{ ref('general_ledger_dimensions') }}
)

select
    {{ netvisor.surrogate_key(['ledger.source_relation', 'ledger.business_id', 'dimensions.dimension_name', "coalesce(tag.dimension_item, '(none)')", 'ledger.month', 'account.account_netvisor_key']) }} as dimension_account_month_key,
    ledger.source_relation,
    ledger.business_id,
    dimensions.dimension_name,
    coalesce(tag.dimension_item, '(none)') as dimension_item,
    max(tag.dimension_item_netvisor_key) as dimension_item_netvisor_key,
    ledger.month,
    account.top_group,
    account.account_group,
    account.account_netvisor_key,
    account.account_number,
    account.account_name,
    account.statement_line,
    max(account.sort_order) as sort_order,
    {{ netvisor.money('-sum(ledger.amount)') }} as amount,
    {{ netvisor.money('case when coalesce(max(case when line.is_cost then 1 else 0 end), 0) = 1 then sum(ledger.amount) else -sum(ledger.amount) end') }} as amount_costs_positive,
    count(*) as postings
from {{ ref('general_ledger') }} as ledger
inner join {{ ref('dim_account') }} as account
    on ledger.account_netvisor_key = account.account_netvisor_key and {{ netvisor.same_company('ledger', 'account') }}
inner join dimensions on {{ netvisor.same_company('ledger', 'dimensions') }}
left join {{ ref('general_ledger_dimensions') }} as tag
    on ledger.voucher_netvisor_key = tag.voucher_netvisor_key and ledger.line_netvisor_key = tag.line_netvisor_key
    and dimensions.dimension_name = tag.dimension_name and tag.item_place = 1
    and {{ netvisor.same_company('ledger', 'tag') }}
left join {{ ref('netvisor_statement_lines') }} as line on account.statement_line = line.line
where ledger.statement = 'profit and loss'
group by
    ledger.source_relation, ledger.business_id, dimensions.dimension_name, coalesce(tag.dimension_item, '(none)'),
    ledger.month, account.top_group, account.account_group, account.account_netvisor_key, account.account_number,
    account.account_name, account.statement_line
