-- The document behind a voucher: the invoice itself, or the invoice that a payment's voucher pays. One row a voucher.
with sales_invoices as (
    select
        *,
        row_number() over (partition by source_relation, business_id, invoice_number order by netvisor_key) as place
    from {{ ref('stg_netvisor__sales_invoices') }}
),

linked as (
    select distinct
        source_relation, business_id, voucher_netvisor_key, linked_source_netvisor_key, linked_source_netvisor_key_type
    from {{ ref('stg_netvisor__voucher_lines') }}
    where linked_source_netvisor_key is not null
),

documents as (
    select
        linked.source_relation, linked.business_id, linked.voucher_netvisor_key,
        'sales invoice' as document_type, linked.linked_source_netvisor_key as document_netvisor_key,
        invoice.invoice_number as document_number, invoice.customer_netvisor_key,
        cast(null as {{ dbt.type_bigint() }}) as vendor_netvisor_key, 1 as preference
    from linked
    left join sales_invoices as invoice
        on linked.linked_source_netvisor_key = invoice.netvisor_key and {{ netvisor.same_company('linked', 'invoice') }}
    where linked.linked_source_netvisor_key_type = 'salesinvoice'
    union all
    select
        linked.source_relation, linked.business_id, linked.voucher_netvisor_key,
        'purchase invoice', linked.linked_source_netvisor_key,
        invoice.purchase_invoice_number, cast(null as {{ dbt.type_bigint() }}), invoice.vendor_netvisor_key, 1
    from linked
    left join {{ ref('stg_netvisor__purchase_invoice_details') }} as invoice
        on linked.linked_source_netvisor_key = invoice.netvisor_key and {{ netvisor.same_company('linked', 'invoice') }}
    where linked.linked_source_netvisor_key_type = 'purchaseinvoice'
    union all
    -- a sales payment names its invoice by number, and by key in some replies
    select
        payment.source_relation, payment.business_id, payment.voucher_id,
        case when payment.is_credit_loss then 'credit loss' else 'sales payment' end, payment.netvisor_key,
        payment.invoice_number, invoice.customer_netvisor_key, cast(null as {{ dbt.type_bigint() }}), 2
    from {{ ref('stg_netvisor__sales_payments') }} as payment
    left join sales_invoices as numbered
        on payment.invoice_number = numbered.invoice_number and {{ netvisor.same_company('payment', 'numbered') }}
        and numbered.place = 1
    left join sales_invoices as invoice
        on coalesce(payment.invoice_number_netvisor_key, numbered.netvisor_key) = invoice.netvisor_key
        and {{ netvisor.same_company('payment', 'invoice') }}
    where payment.voucher_id is not null
    union all
    select
        payment.source_relation, payment.business_id, payment.voucher_key,
        'purchase payment', payment.netvisor_key,
        payment.invoice_number, cast(null as {{ dbt.type_bigint() }}), invoice.vendor_netvisor_key, 2
    from {{ ref('stg_netvisor__purchase_payments') }} as payment
    left join {{ ref('stg_netvisor__purchase_invoice_details') }} as invoice
        on payment.invoice_key = invoice.netvisor_key and {{ netvisor.same_company('payment', 'invoice') }}
    where payment.voucher_key is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_relation, business_id, voucher_netvisor_key
            order by preference, document_netvisor_key
        ) as place
    from documents
)

select
    source_relation, business_id, voucher_netvisor_key, document_type, document_netvisor_key, document_number,
    customer_netvisor_key, vendor_netvisor_key
from ranked
where place = 1
