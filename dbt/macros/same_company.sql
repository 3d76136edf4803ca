{%- macro same_company(left, right) -%}
    {#- The condition that every join needs: keys of two companies may be equal. -#}
    {{ left }}.source_relation = {{ right }}.source_relation and {{ left }}.business_id = {{ right }}.business_id
{%- endmacro -%}

{%- macro in_period(day, period) -%}
    {#- The condition that a day is in an accounting period, and in no other. -#}
    {{ day }} between {{ period }}.begin_date and {{ period }}.end_date
    and ({{ period }}.next_begin_date is null or {{ day }} < {{ period }}.next_begin_date)
{%- endmacro -%}
