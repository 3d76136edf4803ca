{%- macro same_company(left, right) -%}
    {#- The condition that every join needs: keys of two companies may be equal. -#}
    {{ left }}.source_relation = {{ right }}.source_relation and {{ left }}.business_id = {{ right }}.business_id
{%- endmacro -%}
