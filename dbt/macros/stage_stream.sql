{%- macro stage_stream(stream, key, columns) -%}
    {#-
    The rows of a stream that live in Netvisor now: the newest version of each key, without deleted ones, from every
    source that has the stream. Where none has it: no rows, with the same columns and types.

    Args:
        stream: the stream's name, which is its table's.
        key: the columns of its primary key, business_id among them.
        columns: the kind of each column, by name.
    -#}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source in netvisor.source_list() -%}
            {%- set relation = netvisor.stream_relation(source, stream) -%}
            {%- if relation is not none -%}{%- do found.append((source.name, relation)) -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if found -%}
with versions as (
    {%- for name, relation in found %}
    {{ netvisor.stream_versions(name, relation, columns) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_relation, {{ key | join(', ') }}
            order by version_moment desc, _airbyte_extracted_at desc, version_id desc
        ) as version_place
    from versions
)

select
    source_relation,
    {%- for name in columns %}
    {{ netvisor.column_name(name) }},
    {%- endfor %}
    _airbyte_extracted_at
from ranked
where version_place = 1 and not is_deleted
    {%- else -%}
select
    cast(null as {{ dbt.type_string() }}) as source_relation,
    {%- for name, kind in columns.items() %}
    cast(null as {{ netvisor.sql_type(kind) }}) as {{ netvisor.column_name(name) }},
    {%- endfor %}
    cast(null as {{ netvisor.sql_type('timestamp') }}) as _airbyte_extracted_at
from (select 1 as nothing) as nothing
where 1 = 0
    {%- endif -%}
{%- endmacro -%}

{%- macro stream_versions(name, relation, columns) -%}
    {#- Every version of every row of one table; a column that the table lacks is empty. -#}
    {%- set types = netvisor.stream_columns(relation) -%}
    {%- set never = "cast('1900-01-01 00:00:00' as " ~ netvisor.sql_type('timestamp') ~ ")" -%}
    select
        cast({{ netvisor.text(name) }} as {{ dbt.type_string() }}) as source_relation,
        {%- for column, kind in columns.items() %}
        {%- if types is none or column in types %}
        {{ netvisor.typed(adapter.quote(column if target.type != 'snowflake' else column | upper), kind, (types or {}).get(column)) }} as {{ netvisor.column_name(column) }},
        {%- else %}
        cast(null as {{ netvisor.sql_type(kind) }}) as {{ netvisor.column_name(column) }},
        {%- endif %}
        {%- endfor %}
        {%- for column, alias in [('_ab_modified_until', 'version_moment'), ('_airbyte_extracted_at', '_airbyte_extracted_at')] %}
        {%- if types is none or column in types %}
        coalesce({{ netvisor.typed(column, 'timestamp', (types or {}).get(column)) }}, {{ never }}) as {{ alias }},
        {%- else %}
        {{ never }} as {{ alias }},
        {%- endif %}
        {%- endfor %}
        {%- if types is none or '_airbyte_raw_id' in types %}
        coalesce(cast(_airbyte_raw_id as {{ dbt.type_string() }}), '') as version_id,
        {%- else %}
        '' as version_id,
        {%- endif %}
        {%- if types is none or '_ab_cdc_deleted_at' in types %}
        _ab_cdc_deleted_at is not null as is_deleted
        {%- else %}
        1 = 0 as is_deleted
        {%- endif %}
    from {{ relation }}
{%- endmacro -%}

{%- macro column_name(name) -%}
    {#- What a column is called here: a word that SQL keeps for itself gets an underscore. -#}
    {{ name ~ '_' if name in ('group', 'order', 'table', 'user') else name }}
{%- endmacro -%}
