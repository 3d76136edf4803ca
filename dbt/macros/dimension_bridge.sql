{%- macro dimension_bridge(model, keys) -%}
    {#-
    One row for each dimension item of each row of a model.

    Args:
        model: the relation with a column `dimensions`.
        keys: the columns that tell its rows apart within a company.
    -#}
with entries_ as (
    select
        rows_.source_relation, rows_.business_id,
        {%- for key in keys %}
        rows_.{{ key }},
        {%- endfor %}
        {{ netvisor.json_value('dimension_name') }} as dimension_name,
        {{ netvisor.json_value('dimension_item') }} as dimension_item
    from {{ model }} as rows_
    {{ netvisor.json_rows('rows_.dimensions') }}
),

placed as (
    select
        *,
        row_number() over (
            partition by source_relation, business_id, {{ keys | join(', ') }}, dimension_name
            order by dimension_item
        ) as item_place
    from entries_
    where dimension_item is not null
),

items as (
    select
        *,
        row_number() over (
            partition by source_relation, business_id, dimension_name, dimension_item
            order by case when is_hidden then 1 else 0 end, dimension_item_netvisor_key
        ) as place
    from {{ ref('dim_dimension_item') }}
)

select
    placed.source_relation,
    placed.business_id,
    {%- for key in keys %}
    placed.{{ key }},
    {%- endfor %}
    placed.dimension_name,
    placed.dimension_item,
    items.dimension_item_netvisor_key,
    placed.item_place
from placed
left join items
    on placed.dimension_name = items.dimension_name and placed.dimension_item = items.dimension_item and items.place = 1
    and {{ netvisor.same_company('placed', 'items') }}
{%- endmacro -%}
