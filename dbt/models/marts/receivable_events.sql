-- What made customers owe more or less: each sales invoice, each payment and each credit loss, which Netvisor lists among the
-- payments although no money comes. What an invoice's own open sum differs by is one more event: a credit note matched with its
-- invoice, or something that Netvisor's lists do not tell.
with invoices as (
    select
        invoice.*,
        row_number() over (
            partition by invoice.source_relation, invoice.business_id, invoice.invoice_number
            order by invoice.netvisor_key
        ) as place,
        coalesce(details.credited_invoice_netvisor_key, invoice.netvisor_key) as credit_group
    from {{ ref('stg_netvisor__sales_invoices') }} as invoice
    left join {{ ref('stg_netvisor__sales_invoice_details') }} as details
        on invoice.netvisor_key = details.netvisor_key and {{ netvisor.same_company('invoice', 'details') }}
),

numbered as (
    -- of several invoices with one number, the oldest
    select source_relation, business_id, invoice_number, netvisor_key from invoices where place = 1
),

payments as (
    select
        payment.source_relation, payment.business_id, payment.netvisor_key as payment_netvisor_key,
        payment.date, {{ netvisor.money('payment.sum') }} as amount,
        case when payment.is_credit_loss then 'credit loss' else 'payment' end as event_type,
        payment.invoice_number, payment.voucher_id as voucher_netvisor_key, payment.name as payer,
        invoice.netvisor_key as invoice_netvisor_key, invoice.customer_netvisor_key, invoice.customer_name,
        invoice.invoice_due_date
    from {{ ref('stg_netvisor__sales_payments') }} as payment
    left join numbered
        on payment.invoice_number = numbered.invoice_number and {{ netvisor.same_company('payment', 'numbered') }}
    -- not every reply has the invoice's key beside its number
    left join invoices as invoice
        on coalesce(payment.invoice_number_netvisor_key, numbered.netvisor_key) = invoice.netvisor_key
        and {{ netvisor.same_company('payment', 'invoice') }}
),

settled as (
    select source_relation, business_id, invoice_netvisor_key, sum(amount) as amount, max(date) as last_payment
    from payments
    where invoice_netvisor_key is not null
    group by source_relation, business_id, invoice_netvisor_key
),

unexplained as (
    select
        invoice.source_relation, invoice.business_id, invoice.netvisor_key, invoice.credit_group, invoice.invoice_date,
        settled.last_payment,
        {{ netvisor.money('invoice.open_sum') }} - {{ netvisor.money('invoice.invoice_sum') }} + coalesce(settled.amount, 0) as amount
    from invoices as invoice
    left join settled
        on invoice.netvisor_key = settled.invoice_netvisor_key and {{ netvisor.same_company('invoice', 'settled') }}
    where invoice.open_sum is not null
),

grouped as (
    select
        *,
        sum(amount) over (partition by source_relation, business_id, credit_group) as amount_of_group,
        max(invoice_date) over (partition by source_relation, business_id, credit_group) as last_of_group
    from unexplained
),

events as (
    select
        source_relation, business_id,
        case when invoice_sum < 0 then 'credit note' else 'invoice' end as event_type,
        invoice_date as event_date, netvisor_key as invoice_netvisor_key, invoice_number,
        customer_netvisor_key, customer_name, invoice_due_date as due_date,
        cast(null as {{ dbt.type_bigint() }}) as payment_netvisor_key,
        {{ netvisor.money('invoice_sum') }} as amount
    from invoices
    union all
    select
        source_relation, business_id, event_type, date, invoice_netvisor_key, invoice_number,
        customer_netvisor_key, coalesce(customer_name, payer), invoice_due_date, payment_netvisor_key, -amount
    from payments
    union all
    select
        invoice.source_relation, invoice.business_id,
        case when grouped.amount_of_group = 0 then 'credit note matched' else 'not explained' end,
        case
            when grouped.amount_of_group = 0 then grouped.last_of_group
            else coalesce(grouped.last_payment, invoice.invoice_date)
        end,
        invoice.netvisor_key, invoice.invoice_number, invoice.customer_netvisor_key, invoice.customer_name,
        invoice.invoice_due_date, cast(null as {{ dbt.type_bigint() }}), grouped.amount
    from grouped
    inner join invoices as invoice
        on grouped.netvisor_key = invoice.netvisor_key and {{ netvisor.same_company('grouped', 'invoice') }}
    where grouped.amount <> 0
)

select
    {{ netvisor.surrogate_key(['source_relation', 'business_id', 'event_type', 'invoice_netvisor_key', 'payment_netvisor_key']) }} as event_key,
    source_relation,
    business_id,
    event_type,
    event_date,
    {{ netvisor.month_of('event_date') }} as month,
    invoice_netvisor_key,
    invoice_number,
    customer_netvisor_key,
    customer_name,
    due_date,
    payment_netvisor_key,
    {{ netvisor.money('amount') }} as amount
from events
