-- The product lines of sales invoices with their sums without VAT, in the invoice's currency and in euros, and their cost.
with invoices as (
    select
        listed.source_relation, listed.business_id, listed.netvisor_key, listed.invoice_sum,
        details.sales_invoice_amount, details.sales_invoice_amount_iso4217_currency_code as currency_code
    from {{ ref('stg_netvisor__sales_invoices') }} as listed
    left join {{ ref('stg_netvisor__sales_invoice_details') }} as details
        on listed.netvisor_key = details.netvisor_key and {{ netvisor.same_company('listed', 'details') }}
),

lines as (
    select
        line.*,
        coalesce(line.invoice_amount_currency, invoice.currency_code, 'EUR') as currency_code,
        case
            when coalesce(line.invoice_amount_currency, invoice.currency_code, 'EUR') = 'EUR' then 1
            when coalesce(invoice.sales_invoice_amount, 0) <> 0
                then cast(invoice.invoice_sum as {{ dbt.type_float() }}) / cast(invoice.sales_invoice_amount as {{ dbt.type_float() }})
        end as euros_for_one
    from {{ ref('stg_netvisor__sales_invoice_lines') }} as line
    left join invoices as invoice
        on line.invoice_netvisor_key = invoice.netvisor_key and {{ netvisor.same_company('line', 'invoice') }}
)

select
    source_relation,
    business_id,
    invoice_netvisor_key,
    netvisor_key as line_netvisor_key,
    invoice_number,
    invoice_date,
    customer_netvisor_key,
    customer_name,
    product_netvisor_key,
    product_identifier,
    product_name,
    dimensions,
    currency_code,
    sales_invoice_product_line_quantity as quantity,
    {{ netvisor.money('sales_invoice_product_line_sum - coalesce(sales_invoice_product_line_vat_sum, 0)') }} as net_amount_in_currency,
    {{ netvisor.money('cast(sales_invoice_product_line_sum - coalesce(sales_invoice_product_line_vat_sum, 0) as ' ~ dbt.type_float() ~ ') * euros_for_one') }} as net_amount,
    {{ netvisor.money('cast(coalesce(sales_invoice_product_line_vat_sum, 0) as ' ~ dbt.type_float() ~ ') * euros_for_one') }} as vat_amount,
    {{ netvisor.money('cast(sales_invoice_product_line_quantity as ' ~ netvisor.factor_type() ~ ') * cast(product_purchase_price as ' ~ netvisor.factor_type() ~ ')') }} as cost
from lines
-- a draft has no number yet
where invoice_number is not null
