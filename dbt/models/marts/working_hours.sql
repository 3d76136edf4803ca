-- Hours by month, kind of work and acceptance{{ ', and by employee' if var('netvisor_personal_data') }}. Employees only where the
-- variable netvisor_personal_data is true.
with hours as (
    select
        source_relation, business_id, {{ netvisor.month_of('date') }} as month,
        {% if var('netvisor_personal_data') %}employee_netvisor_key{% else %}cast(null as {{ dbt.type_bigint() }}){% endif %} as employee_netvisor_key,
        collector_ratio_number as work_type_number, collector_ratio as work_type, acceptance_status, hours
    from {{ ref('stg_netvisor__work_hours') }}
)

select
    {{ netvisor.surrogate_key(['source_relation', 'business_id', 'month', 'employee_netvisor_key', 'work_type_number', 'work_type', 'acceptance_status']) }} as working_hours_key,
    source_relation,
    business_id,
    month,
    employee_netvisor_key,
    work_type_number,
    work_type,
    acceptance_status,
    count(*) as entries,
    sum(hours) as hours
from hours
group by source_relation, business_id, month, employee_netvisor_key, work_type_number, work_type, acceptance_status
