{#- Where the connector's tables are, and which of them there are. -#}

{%- macro source_list() -%}
    {#-
    Every source with its name, database and schema. A source without a name is called after its schema, and after its
    database too where another source has a schema of that name.
    -#}
    {%- set named = [] -%}
    {%- set given = var('netvisor_sources', []) or [{'schema': var('netvisor_schema', 'netvisor')}] -%}
    {%- for one in given -%}
        {%- set database = one.get('database') or var('netvisor_database', none) or target.database -%}
        {%- set alike = given | selectattr('schema', 'equalto', one['schema']) | list | length > 1 -%}
        {%- set called = database ~ '.' ~ one['schema'] if alike else one['schema'] -%}
        {%- do named.append({'name': one.get('name') or called, 'database': database, 'schema': one['schema']}) -%}
    {%- endfor -%}
    {{ return(named) }}
{%- endmacro -%}

{%- macro stream_relation(source, stream) -%}
    {#- The table of a stream in a source, or none where it is not synced. -#}
    {%- if not var('netvisor_introspect', true) -%}
        {{ return(api.Relation.create(database=source.database, schema=source.schema, identifier=stream)) }}
    {%- endif -%}
    {%- if target.type == 'snowflake' -%}
        {{ return(adapter.get_relation(source.database | upper, source.schema | upper, stream | upper)) }}
    {%- endif -%}
    {{ return(adapter.get_relation(source.database, source.schema, stream)) }}
{%- endmacro -%}

{%- macro stream_columns(relation) -%}
    {#- The data types of a table's columns by lower-case name; none without introspection. -#}
    {%- if not var('netvisor_introspect', true) -%}{{ return(none) }}{%- endif -%}
    {%- set found = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.update({column.name | lower: column.data_type | lower}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}
