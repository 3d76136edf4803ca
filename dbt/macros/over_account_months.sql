{%- macro over_account_months(function, frame='') -%}
    {#- A window function over the months of one account, which have no gaps, as euros. -#}
    {{ netvisor.money(
        function ~ ' over (partition by months.source_relation, months.business_id, months.account_netvisor_key '
        ~ 'order by months.month ' ~ frame ~ ')'
    ) }}
{%- endmacro -%}

{%- macro over_line_months(function, frame='') -%}
    {#- The same over the months of one line of a statement. -#}
    {{ netvisor.money(
        function ~ ' over (partition by months.source_relation, months.business_id, months.line '
        ~ 'order by months.month ' ~ frame ~ ')'
    ) }}
{%- endmacro -%}
