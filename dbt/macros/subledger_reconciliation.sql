{%- macro subledger_reconciliation(events, purpose, number) -%}
    {#-
    The events of receivables or payables against the postings on their account, by month, debit positive.

    Args:
        events: the model of events.
        purpose: the purpose of the account among the company's default accounts.
        number: the account's number where the default accounts are not synced.
    -#}
{%- set sign = '' if events == 'receivable_events' else '-' %}
with accounts as (
    select companies.source_relation, companies.business_id, coalesce(max(chosen.account_number), '{{ number }}') as account_number
    from {{ ref('int_netvisor__companies') }} as companies
    left join {{ ref('stg_netvisor__default_accounts') }} as chosen
        on {{ netvisor.same_company('companies', 'chosen') }} and chosen.purpose = '{{ purpose }}'
    group by companies.source_relation, companies.business_id
),

posted as (
    select ledger.source_relation, ledger.business_id, ledger.month, sum(ledger.amount) as amount
    from {{ ref('general_ledger') }} as ledger
    inner join accounts
        on ledger.account_number = accounts.account_number and {{ netvisor.same_company('ledger', 'accounts') }}
    group by ledger.source_relation, ledger.business_id, ledger.month
),

documents as (
    select source_relation, business_id, month, {{ sign }}sum(amount) as amount
    from {{ ref(events) }}
    where event_type <> 'not explained'
    group by source_relation, business_id, month
)

select
    month.source_relation,
    month.business_id,
    month.month,
    month.month_end,
    accounts.account_number,
    {{ netvisor.money('coalesce(posted.amount, 0)') }} as posted_change,
    {{ netvisor.money('coalesce(documents.amount, 0)') }} as documents_change,
    {{ netvisor.money('coalesce(posted.amount, 0) - coalesce(documents.amount, 0)') }} as difference,
    coalesce(posted.amount, 0) <> coalesce(documents.amount, 0) as is_difference
from {{ ref('dim_month') }} as month
inner join accounts on {{ netvisor.same_company('month', 'accounts') }}
left join posted on month.month = posted.month and {{ netvisor.same_company('month', 'posted') }}
left join documents on month.month = documents.month and {{ netvisor.same_company('month', 'documents') }}
-- nothing to compare where the documents are not synced
where exists (
    select 1 from {{ ref(events) }} as any_event where {{ netvisor.same_company('any_event', 'month') }}
)
{%- endmacro -%}

{%- macro open_sum_reconciliation(events, party) -%}
    {#- Each invoice's open sum by its payments, against Netvisor's own; arguments as above, party is customer or vendor. -#}
select
    source_relation,
    business_id,
    invoice_netvisor_key,
    max(invoice_number) as invoice_number,
    max({{ party }}_name) as {{ party }}_name,
    {{ netvisor.money("sum(case when event_type <> 'not explained' then amount else 0 end)") }} as open_sum_by_events,
    {{ netvisor.money('sum(amount)') }} as open_sum,
    {{ netvisor.money("-sum(case when event_type = 'not explained' then amount else 0 end)") }} as difference,
    sum(case when event_type = 'not explained' then amount else 0 end) <> 0 as is_difference
from {{ ref(events) }}
where invoice_netvisor_key is not null
group by source_relation, business_id, invoice_netvisor_key
{%- endmacro -%}
