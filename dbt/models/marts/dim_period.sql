-- Accounting periods with the days up to which the books are locked. Where a company's accounting periods are not synced,
-- calendar years stand in for them: a year to date begins somewhere.
with recursive years as (
    select companies.source_relation, companies.business_id, companies.first_month as month, companies.last_month
    from {{ ref('int_netvisor__companies') }} as companies
    left join {{ ref('stg_netvisor__accounting_periods') }} as synced
        on {{ netvisor.same_company('companies', 'synced') }}
    where synced.netvisor_key is null
    union all
    select source_relation, business_id, {{ netvisor.add('year', 1, 'month') }} as month, last_month
    from years
    where extract(year from month) < extract(year from last_month)
),

periods as (
    select source_relation, business_id, netvisor_key, name, begin_date, end_date
    from {{ ref('stg_netvisor__accounting_periods') }}
    union all
    select
        source_relation,
        business_id,
        cast(-extract(year from month) as {{ dbt.type_bigint() }}) as netvisor_key,
        {{ dbt.concat(["'calendar year '", "cast(cast(extract(year from month) as " ~ dbt.type_bigint() ~ ") as " ~ dbt.type_string() ~ ")"]) }} as name,
        cast({{ dbt.date_trunc('year', 'month') }} as date) as begin_date,
        {{ netvisor.add('day', -1, netvisor.add('year', 1, dbt.date_trunc('year', 'month'))) }} as end_date
    from years
)

select
    periods.source_relation,
    periods.business_id,
    periods.netvisor_key as period_netvisor_key,
    periods.name as period_name,
    periods.begin_date,
    periods.end_date,
    -- a day that two periods have belongs to the one that begins later
    lead(periods.begin_date) over (
        partition by periods.source_relation, periods.business_id order by periods.begin_date, periods.netvisor_key
    ) as next_begin_date,
    locks.accounting_period_lock_date,
    locks.vat_period_lock_date,
    locks.purchase_lock_date,
    case
        when periods.end_date <= locks.accounting_period_lock_date then 'locked'
        when periods.begin_date <= locks.accounting_period_lock_date then 'partly locked'
        else 'open'
    end as accounting_status
from periods
left join {{ ref('stg_netvisor__period_locks') }} as locks on {{ netvisor.same_company('periods', 'locks') }}
