-- Invoiced purchases by vendor, proposed account and month.
select
    {{ netvisor.surrogate_key(['line.source_relation', 'line.business_id', netvisor.month_of('line.invoice_date'), 'line.vendor_netvisor_key', 'line.vendor_name', 'line.accounting_suggestion_bookkeeping_account_netvisor_key', 'line.vat_code', netvisor.hundredths('line.vat_percent')]) }} as purchases_key,
    line.source_relation,
    line.business_id,
    {{ netvisor.month_of('line.invoice_date') }} as month,
    line.vendor_netvisor_key,
    line.vendor_name,
    line.accounting_suggestion_bookkeeping_account_netvisor_key as account_netvisor_key,
    max(line.accounting_suggestion_bookkeeping_account) as account,
    line.vat_code,
    line.vat_percent,
    count(*) as lines,
    {{ netvisor.money('sum(line.line_net_sum)') }} as net_amount,
    {{ netvisor.money('sum(line.line_sum - line.line_net_sum)') }} as vat_amount,
    {{ netvisor.money('sum(line.line_sum)') }} as gross_amount
from {{ ref('stg_netvisor__purchase_invoice_lines') }} as line
group by
    line.source_relation, line.business_id, {{ netvisor.month_of('line.invoice_date') }}, line.vendor_netvisor_key,
    line.vendor_name, line.accounting_suggestion_bookkeeping_account_netvisor_key, line.vat_code, line.vat_percent
