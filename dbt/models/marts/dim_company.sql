-- One row for each company in each source.
{%- set names = var('netvisor_company_names') %}
select
    source_relation,
    business_id,
    {%- if names %}
    case business_id
        {%- for business_id, name in names.items() %}
        when '{{ business_id }}' then {{ netvisor.text(name) }}
        {%- endfor %}
        else business_id
    end as company_name,
    {%- else %}
    business_id as company_name,
    {%- endif %}
    first_month,
    first_month_end,
    last_month,
    as_of
from {{ ref('int_netvisor__companies') }}
