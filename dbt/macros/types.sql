{#- The few types and casts in which databases differ. -#}

{%- macro money_type() -%}{{ adapter.dispatch('money_type', 'netvisor')() }}{%- endmacro -%}
{%- macro default__money_type() -%}numeric(18, 2){%- endmacro -%}
{%- macro bigquery__money_type() -%}numeric{%- endmacro -%}

{%- macro text(words) -%}
    {#- Words of a user's as a literal: an apostrophe in them ends it in no database. -#}
    {{ dbt.string_literal(dbt.escape_single_quotes(words)) }}
{%- endmacro -%}

{%- macro money(expression) -%}
    {#- Euros rounded to the cent. -#}
    cast(round(cast({{ expression }} as {{ netvisor.number_type() }}), 2) as {{ netvisor.money_type() }})
{%- endmacro -%}

{%- macro number_type() -%}{{ adapter.dispatch('number_type', 'netvisor')() }}{%- endmacro -%}
{%- macro default__number_type() -%}numeric(28, 9){%- endmacro -%}
{%- macro bigquery__number_type() -%}numeric{%- endmacro -%}

{%- macro factor_type() -%}
    {#- A quantity or a price to be multiplied: exact, as half a cent has to be, and of half the digits that a product may have. -#}
    {{ adapter.dispatch('factor_type', 'netvisor')() }}
{%- endmacro -%}
{%- macro default__factor_type() -%}numeric(19, 6){%- endmacro -%}
{%- macro bigquery__factor_type() -%}numeric{%- endmacro -%}

{%- macro sql_type(kind) -%}
    {#- The database's type for one of: text, integer, number, boolean, date, timestamp, json (kept as text). -#}
    {%- if kind in ('text', 'json') -%}{{ dbt.type_string() }}
    {%- elif kind == 'integer' -%}{{ dbt.type_bigint() }}
    {%- elif kind == 'number' -%}{{ netvisor.number_type() }}
    {%- elif kind == 'boolean' -%}{{ dbt.type_boolean() }}
    {%- elif kind == 'date' -%}date
    {%- elif kind == 'timestamp' -%}{{ netvisor.timestamp_type() }}
    {%- else -%}{{ exceptions.raise_compiler_error("no such kind of column: " ~ kind) }}
    {%- endif -%}
{%- endmacro -%}

{%- macro timestamp_type() -%}{{ adapter.dispatch('timestamp_type', 'netvisor')() }}{%- endmacro -%}
{%- macro default__timestamp_type() -%}timestamp{%- endmacro -%}
{%- macro snowflake__timestamp_type() -%}timestamp_ntz{%- endmacro -%}

{%- macro typed(column, kind, data_type=none) -%}
    {#- A column of a source as its kind; moments are UTC without a zone. -#}
    {%- if kind == 'text' and 'number' in column -%}{{ netvisor.number_text(column) }}
    {%- elif kind == 'json' -%}{{ netvisor.json_text(column) }}
    {%- elif kind == 'timestamp' and data_type is not none and 'time zone' in data_type
        and 'without' not in data_type -%}
        cast({{ column }} at time zone 'UTC' as {{ netvisor.sql_type(kind) }})
    {%- else -%}cast({{ column }} as {{ netvisor.sql_type(kind) }})
    {%- endif -%}
{%- endmacro -%}

{%- macro number_text(column) -%}
    {#-
    The number of an account, an invoice and the like, as text. PyAirbyte takes a text of digits beside an empty one for a
    number on its way into PostgreSQL: it writes 1701.0, which is 1701.
    -#}
    {{ adapter.dispatch('number_text', 'netvisor')(column) }}
{%- endmacro -%}
{%- macro default__number_text(column) -%}cast({{ column }} as {{ dbt.type_string() }}){%- endmacro -%}
{%- macro postgres__number_text(column) -%}
    regexp_replace(cast({{ column }} as text), '^([0-9]+)\.0$', '\1')
{%- endmacro -%}

{%- macro json_text(column) -%}{{ adapter.dispatch('json_text', 'netvisor')(column) }}{%- endmacro -%}
{%- macro default__json_text(column) -%}cast({{ column }} as {{ dbt.type_string() }}){%- endmacro -%}
{%- macro snowflake__json_text(column) -%}to_json({{ column }}){%- endmacro -%}
{%- macro bigquery__json_text(column) -%}to_json_string({{ column }}){%- endmacro -%}

{%- macro json_rows(column) -%}
    {#- To follow a FROM: one row for each object of a JSON array, as `entry`; a null or an empty array gives none. -#}
    {{ adapter.dispatch('json_rows', 'netvisor')(column) }}
{%- endmacro -%}
{%- macro default__json_rows(column) -%}
    cross join lateral jsonb_array_elements(cast(coalesce({{ column }}, '[]') as jsonb)) as entries (entry)
{%- endmacro -%}
{%- macro duckdb__json_rows(column) -%}
    cross join unnest(from_json(coalesce({{ column }}, '[]'), '["JSON"]')) as entries (entry)
{%- endmacro -%}
{%- macro snowflake__json_rows(column) -%}
    cross join lateral flatten(input => parse_json(coalesce({{ column }}, '[]'))) as entries
{%- endmacro -%}
{%- macro bigquery__json_rows(column) -%}
    cross join unnest(json_query_array(coalesce({{ column }}, '[]'))) as entry
{%- endmacro -%}

{%- macro json_value(name) -%}
    {#- A text of the `entry` that json_rows gives. -#}
    {{ adapter.dispatch('json_value', 'netvisor')(name) }}
{%- endmacro -%}
{%- macro default__json_value(name) -%}entries.entry ->> '{{ name }}'{%- endmacro -%}
{%- macro snowflake__json_value(name) -%}cast(entries.value:"{{ name }}" as varchar){%- endmacro -%}
{%- macro bigquery__json_value(name) -%}json_value(entry, '$.{{ name }}'){%- endmacro -%}

{%- macro month_of(day) -%}
    {#- The first day of the month. -#}
    cast({{ dbt.date_trunc('month', day) }} as date)
{%- endmacro -%}

{%- macro month_end(day) -%}
    {#- The last day of the month. -#}
    cast({{ dbt.last_day(day, 'month') }} as date)
{%- endmacro -%}

{%- macro add(unit, count, day) -%}
    {#- A day some days, months or years later. -#}
    cast({{ dbt.dateadd(unit, count, day) }} as date)
{%- endmacro -%}

{%- macro days_between(first, last) -%}{{ dbt.datediff(first, last, 'day') }}{%- endmacro -%}

{%- macro day(text) -%}cast('{{ text }}' as date){%- endmacro -%}

{%- macro surrogate_key(columns) -%}
    {#- One text that tells a row from all others, made of its key columns. -#}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- if not loop.first -%}{%- do parts.append("'|'") -%}{%- endif -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')") -%}
    {%- endfor -%}
    {{ dbt.concat(parts) }}
{%- endmacro -%}

{%- macro hundredths(percent) -%}
    {#- A rate for a key: a whole number, since databases write the zeros behind a point each in its own way. -#}
    cast(round({{ percent }} * 100) as {{ dbt.type_bigint() }})
{%- endmacro -%}

{%- macro finnish_day(moment) -%}
    {#- The day in Finland at a moment that is UTC without a zone. -#}
    {{ adapter.dispatch('finnish_day', 'netvisor')(moment) }}
{%- endmacro -%}
{%- macro default__finnish_day(moment) -%}
    cast(({{ moment }}) at time zone 'UTC' at time zone 'Europe/Helsinki' as date)
{%- endmacro -%}
{%- macro snowflake__finnish_day(moment) -%}
    cast(convert_timezone('UTC', 'Europe/Helsinki', {{ moment }}) as date)
{%- endmacro -%}
{%- macro bigquery__finnish_day(moment) -%}date({{ moment }}, 'Europe/Helsinki'){%- endmacro -%}

{%- macro rate_type() -%}{{ adapter.dispatch('rate_type', 'netvisor')() }}{%- endmacro -%}
{%- macro default__rate_type() -%}numeric(9, 4){%- endmacro -%}
{%- macro bigquery__rate_type() -%}numeric{%- endmacro -%}

{%- macro union_distinct() -%}
    {#- Between two queries: the rows of both, each once. BigQuery wants the word that not every other database knows. -#}
    {{ adapter.dispatch('union_distinct', 'netvisor')() }}
{%- endmacro -%}
{%- macro default__union_distinct() -%}union{%- endmacro -%}
{%- macro bigquery__union_distinct() -%}union distinct{%- endmacro -%}
