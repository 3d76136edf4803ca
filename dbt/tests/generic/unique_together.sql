{% test unique_together(model, columns) %}
    {#- No two rows have the same values in these columns, and none of them is empty. -#}
    {{ config(severity=var('netvisor_test_severity')) }}
    select {{ columns | join(', ') }}, count(*) as rows_with_this_key
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
        {%- for column in columns %} or {{ column }} is null {%- endfor %}
{% endtest %}
