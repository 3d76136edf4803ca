-- Assets, equity, liabilities and the results not closed add up to nothing at each month's end.
select
    source_relation,
    business_id,
    month_end,
    {{ netvisor.money("sum(case when side = 'assets' then presented_balance else 0 end)") }} as assets,
    {{ netvisor.money("sum(case when side = 'assets' then 0 else presented_balance end)") }} as equity_and_liabilities,
    {{ netvisor.money('sum(balance)') }} as difference,
    sum(balance) <> 0 as is_difference
from {{ ref('balance_sheet') }}
group by source_relation, business_id, month_end
