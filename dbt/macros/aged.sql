{%- macro aged(events, party) -%}
    {#-
    Open invoices on each day of int_netvisor__as_of_dates.

    Args:
        events: the model of events.
        party: customer or vendor.
    -#}
with days as (
    select
        source_relation, business_id, invoice_netvisor_key, event_date,
        max(invoice_number) as invoice_number, max({{ party }}_netvisor_key) as {{ party }}_netvisor_key,
        max({{ party }}_name) as {{ party }}_name, max(due_date) as due_date,
        sum(amount) as amount
    from {{ ref(events) }}
    where invoice_netvisor_key is not null
    group by source_relation, business_id, invoice_netvisor_key, event_date
),

spans as (
    select
        *,
        sum(amount) over (
            partition by source_relation, business_id, invoice_netvisor_key order by event_date
            rows between unbounded preceding and current row
        ) as open_sum,
        lead(event_date) over (
            partition by source_relation, business_id, invoice_netvisor_key order by event_date
        ) as next_event,
        min(event_date) over (partition by source_relation, business_id, invoice_netvisor_key) as first_event
    from days
),

open_ as (
    select
        dates.as_of, spans.*,
        {{ netvisor.days_between('spans.due_date', 'dates.as_of') }} as days_overdue
    from {{ ref('int_netvisor__as_of_dates') }} as dates
    inner join spans
        on spans.event_date <= dates.as_of and (spans.next_event is null or spans.next_event > dates.as_of)
        and {{ netvisor.same_company('spans', 'dates') }}
    where spans.open_sum <> 0
)

select
    {{ netvisor.surrogate_key(['source_relation', 'business_id', 'as_of', 'invoice_netvisor_key']) }} as invoice_day_key,
    source_relation,
    business_id,
    as_of,
    invoice_netvisor_key,
    invoice_number,
    {{ party }}_netvisor_key,
    {{ party }}_name,
    first_event as invoice_date,
    due_date,
    {{ netvisor.money('open_sum') }} as open_sum,
    case when days_overdue > 0 then days_overdue else 0 end as days_overdue,
    case
        when days_overdue is null or days_overdue <= 0 then '0 not due'
        when days_overdue <= 30 then '1-30 days'
        when days_overdue <= 60 then '31-60 days'
        when days_overdue <= 90 then '61-90 days'
        else 'over 90 days'
    end as age_group
from open_
{%- endmacro -%}

{%- macro by_age(aged, party) -%}
    {#- The open sums of aged receivables or payables by party and age group; arguments as in aged. -#}
select
    {{ netvisor.surrogate_key(['source_relation', 'business_id', 'as_of', party ~ '_netvisor_key', party ~ '_name', 'age_group']) }} as age_group_key,
    source_relation,
    business_id,
    as_of,
    {{ party }}_netvisor_key,
    {{ party }}_name,
    age_group,
    count(*) as invoices,
    {{ netvisor.money('sum(open_sum)') }} as open_sum
from {{ ref(aged) }}
group by source_relation, business_id, as_of, {{ party }}_netvisor_key, {{ party }}_name, age_group
{%- endmacro -%}
