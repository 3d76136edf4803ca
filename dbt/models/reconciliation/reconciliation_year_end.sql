-- The result of each closed accounting period, against what its closing voucher posted: they differ where a closed year was
-- edited later. A period that begins before the data, or is not closed, is not compared.
with results as (
    select source_relation, business_id, period_netvisor_key, -sum(amount) as result
    from {{ ref('general_ledger') }}
    where statement = 'profit and loss'
    group by source_relation, business_id, period_netvisor_key
),

closings as (
    select source_relation, business_id, period_netvisor_key, count(*) as vouchers, -sum(amount) as closed
    from {{ ref('int_netvisor__closing_vouchers') }}
    group by source_relation, business_id, period_netvisor_key
)

select
    period.source_relation,
    period.business_id,
    period.period_netvisor_key,
    period.period_name,
    period.begin_date,
    period.end_date,
    coalesce(closings.vouchers, 0) as closing_vouchers,
    {{ netvisor.money('coalesce(results.result, 0)') }} as result,
    {{ netvisor.money('closings.closed') }} as closed_result,
    {{ netvisor.money('coalesce(results.result, 0) - closings.closed') }} as difference,
    coalesce(coalesce(results.result, 0) <> closings.closed, false) as is_difference
from {{ ref('dim_period') }} as period
inner join {{ ref('int_netvisor__companies') }} as companies
    on {{ netvisor.same_company('period', 'companies') }} and period.begin_date >= companies.first_month
left join results
    on period.period_netvisor_key = results.period_netvisor_key and {{ netvisor.same_company('period', 'results') }}
left join closings
    on period.period_netvisor_key = closings.period_netvisor_key and {{ netvisor.same_company('period', 'closings') }}
