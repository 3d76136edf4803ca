-- Accounting periods with the days up to which the books are locked.
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
from {{ ref('stg_netvisor__accounting_periods') }} as periods
left join {{ ref('stg_netvisor__period_locks') }} as locks on {{ netvisor.same_company('periods', 'locks') }}
