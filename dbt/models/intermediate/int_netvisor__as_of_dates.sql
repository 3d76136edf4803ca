-- The days that receivables and payables are aged on: the ends of the months that are over, the day of the last sync, and what
-- the variable netvisor_as_of_dates adds.
select month.source_relation, month.business_id, month.month_end as as_of
from {{ ref('dim_month') }} as month
inner join {{ ref('int_netvisor__companies') }} as companies
    on {{ netvisor.same_company('month', 'companies') }} and month.month_end < companies.as_of
{{ netvisor.union_distinct() }}
select source_relation, business_id, as_of from {{ ref('int_netvisor__companies') }}
{%- for day in var('netvisor_as_of_dates') %}
{{ netvisor.union_distinct() }}
select source_relation, business_id, {{ netvisor.day(day) }} from {{ ref('int_netvisor__companies') }}
{%- endfor %}
