-- What made the company owe its vendors more or less: each purchase invoice and each payment, and what an invoice's own open
-- sum differs by.
with invoices as (
    select
        coalesce(details.source_relation, listed.source_relation) as source_relation,
        coalesce(details.business_id, listed.business_id) as business_id,
        coalesce(details.netvisor_key, listed.netvisor_key) as netvisor_key,
        coalesce(details.purchase_invoice_number, listed.invoice_number) as invoice_number,
        coalesce(details.purchase_invoice_date, listed.invoice_date) as invoice_date,
        details.purchase_invoice_due_date as due_date,
        details.vendor_netvisor_key,
        coalesce(details.vendor_name, listed.vendor) as vendor_name,
        coalesce(details.purchase_invoice_amount, listed.sum) as amount,
        coalesce(listed.open_sum, details.purchase_invoice_amount - details.purchase_invoice_paid_amount) as open_sum
    from {{ ref('stg_netvisor__purchase_invoice_details') }} as details
    full outer join {{ ref('stg_netvisor__purchase_invoices') }} as listed
        on details.netvisor_key = listed.netvisor_key and {{ netvisor.same_company('details', 'listed') }}
),

payments as (
    select
        payment.source_relation, payment.business_id, payment.netvisor_key as payment_netvisor_key,
        payment.date, {{ netvisor.money('payment.home_currency_sum') }} as amount, payment.invoice_number,
        payment.payer_name, invoice.netvisor_key as invoice_netvisor_key, invoice.vendor_netvisor_key,
        invoice.vendor_name, invoice.due_date
    from {{ ref('stg_netvisor__purchase_payments') }} as payment
    left join invoices as invoice
        on payment.invoice_key = invoice.netvisor_key and {{ netvisor.same_company('payment', 'invoice') }}
),

paid as (
    select source_relation, business_id, invoice_netvisor_key, sum(amount) as amount, max(date) as last_payment
    from payments
    where invoice_netvisor_key is not null
    group by source_relation, business_id, invoice_netvisor_key
),

unexplained as (
    select
        invoice.*, paid.last_payment,
        {{ netvisor.money('invoice.open_sum') }} - {{ netvisor.money('invoice.amount') }} + coalesce(paid.amount, 0) as difference
    from invoices as invoice
    left join paid
        on invoice.netvisor_key = paid.invoice_netvisor_key and {{ netvisor.same_company('invoice', 'paid') }}
    where invoice.open_sum is not null
),

events as (
    select
        source_relation, business_id, case when amount < 0 then 'credit note' else 'invoice' end as event_type,
        invoice_date as event_date, netvisor_key as invoice_netvisor_key, invoice_number,
        vendor_netvisor_key, vendor_name, due_date,
        cast(null as {{ dbt.type_bigint() }}) as payment_netvisor_key,
        {{ netvisor.money('amount') }} as amount
    from invoices
    union all
    select
        source_relation, business_id, 'payment', date, invoice_netvisor_key, invoice_number,
        vendor_netvisor_key, coalesce(vendor_name, payer_name), due_date, payment_netvisor_key, -amount
    from payments
    union all
    select
        source_relation, business_id, 'not explained', coalesce(last_payment, invoice_date), netvisor_key, invoice_number,
        vendor_netvisor_key, vendor_name, due_date, cast(null as {{ dbt.type_bigint() }}), difference
    from unexplained
    where difference <> 0
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
    vendor_netvisor_key,
    vendor_name,
    due_date,
    payment_netvisor_key,
    {{ netvisor.money('amount') }} as amount
from events
