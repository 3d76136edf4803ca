{%- macro same_company(left, right) -%}
    {#- The condition that every join needs: keys of two companies may be equal. -#}
    {{ left }}.source_relation = {{ right }}.source_relation and {{ left }}.business_id = {{ right }}.business_id
{%- endmacro -%}

{%- macro in_period(day, period) -%}
    {#- The condition that a day is in an accounting period, and in no other. -#}
    {{ day }} between {{ period }}.begin_date and {{ period }}.end_date
    and ({{ period }}.next_begin_date is null or {{ day }} < {{ period }}.next_begin_date)
{%- endmacro -%}

{%- macro counts(line) -%}
    {#-
    The condition that a voucher line is in the books: neither its voucher nor the line itself is deleted or invalidated.
    Whether Netvisor returns invalidated lines of a valid voucher is not documented: they would not count.
    -#}
    coalesce(lower({{ line }}.voucher_status), 'valid') = 'valid' and coalesce(lower({{ line }}.status), 'valid') = 'valid'
{%- endmacro -%}
