-- Invoiced sales by customer, product and month, without VAT. The margin leaves out what has no purchase price.
select
    {{ netvisor.surrogate_key(['line.source_relation', 'line.business_id', netvisor.month_of('line.invoice_date'), 'line.customer_netvisor_key', 'line.product_netvisor_key', 'line.product_name', 'line.currency_code']) }} as sales_key,
    line.source_relation,
    line.business_id,
    {{ netvisor.month_of('line.invoice_date') }} as month,
    line.customer_netvisor_key,
    max(line.customer_name) as customer_name,
    line.product_netvisor_key,
    max(line.product_identifier) as product_code,
    line.product_name,
    line.currency_code,
    count(*) as lines,
    sum(line.quantity) as quantity,
    {{ netvisor.money('sum(line.net_amount_in_currency)') }} as net_amount_in_currency,
    {{ netvisor.money('sum(line.net_amount)') }} as net_amount,
    {{ netvisor.money('sum(line.vat_amount)') }} as vat_amount,
    {{ netvisor.money('sum(line.cost)') }} as cost,
    {{ netvisor.money('sum(case when line.cost is not null then line.net_amount - line.cost end)') }} as margin,
    {{ netvisor.money('sum(case when line.cost is null then line.net_amount else 0 end)') }} as net_amount_without_cost
from {{ ref('int_netvisor__sales_lines') }} as line
group by
    line.source_relation, line.business_id, {{ netvisor.month_of('line.invoice_date') }}, line.customer_netvisor_key,
    line.product_netvisor_key, line.product_name, line.currency_code
