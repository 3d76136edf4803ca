-- Hours by month and dimension item; an entry without an item of a dimension stands under (none).
with entries as (
    {{ netvisor.dimension_bridge(ref('stg_netvisor__work_hours'), ['netvisor_key']) }}
),

dimensions as (
    select distinct source_relation, business_id, dimension_name from {{ ref('dim_dimension_item') }}
)

select
    {{ netvisor.surrogate_key(['hours.source_relation', 'hours.business_id', netvisor.month_of('hours.date'), 'dimensions.dimension_name', "coalesce(entries.dimension_item, '(none)')", 'hours.collector_ratio_number', 'hours.collector_ratio']) }} as working_hours_key,
    hours.source_relation,
    hours.business_id,
    {{ netvisor.month_of('hours.date') }} as month,
    dimensions.dimension_name,
    coalesce(entries.dimension_item, '(none)') as dimension_item,
    hours.collector_ratio_number as work_type_number,
    hours.collector_ratio as work_type,
    count(*) as entries,
    sum(hours.hours) as hours
from {{ ref('stg_netvisor__work_hours') }} as hours
inner join dimensions on {{ netvisor.same_company('hours', 'dimensions') }}
left join entries
    on hours.netvisor_key = entries.netvisor_key and dimensions.dimension_name = entries.dimension_name
    and entries.item_place = 1 and {{ netvisor.same_company('hours', 'entries') }}
group by
    hours.source_relation, hours.business_id, {{ netvisor.month_of('hours.date') }}, dimensions.dimension_name,
    coalesce(entries.dimension_item, '(none)'), hours.collector_ratio_number, hours.collector_ratio
