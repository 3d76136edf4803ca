-- One row for each line of each voucher that counts: not deleted, not invalidated. Debit is positive.
select
    {{ netvisor.surrogate_key(['line.source_relation', 'line.business_id', 'line.voucher_netvisor_key', 'line.netvisor_key']) }} as ledger_line_key,
    line.source_relation,
    line.business_id,
    line.voucher_netvisor_key,
    line.netvisor_key as line_netvisor_key,
    line.line_number,
    line.voucher_date as posting_date,
    {{ netvisor.month_of('line.voucher_date') }} as month,
    period.period_netvisor_key,
    line.voucher_class_netvisor_key as voucher_type_netvisor_key,
    coalesce(type.abbreviation, line.voucher_class) as voucher_type,
    coalesce(type.name_en, type.name, line.voucher_class) as voucher_type_name,
    line.voucher_number,
    line.voucher_description,
    line.description as line_description,
    account.account_netvisor_key,
    line.account_number,
    account.account_name,
    account.statement,
    {{ netvisor.money('line.line_sum') }} as amount,
    {{ netvisor.money('case when line.line_sum > 0 then line.line_sum else 0 end') }} as debit,
    {{ netvisor.money('case when line.line_sum < 0 then -line.line_sum else 0 end') }} as credit,
    line.vat_percent,
    line.vat_code,
    line.account_dimension,
    line.dimensions,
    document.document_type,
    document.document_netvisor_key,
    document.document_number,
    document.customer_netvisor_key,
    customer.name as customer_name,
    document.vendor_netvisor_key,
    vendor.name as vendor_name,
    closing.voucher_netvisor_key is not null as is_closing,
    month.month is not null
        and coalesce(period.period_netvisor_key, 0) <> coalesce(month.period_netvisor_key, 0) as is_before_period,
    coalesce(line.voucher_date <= period.accounting_period_lock_date, false) as is_locked
from {{ ref('stg_netvisor__voucher_lines') }} as line
left join {{ ref('dim_account') }} as account
    on line.account_number = account.account_number and not account.is_group and account.is_first_of_number
    and {{ netvisor.same_company('line', 'account') }}
left join {{ ref('dim_period') }} as period
    on {{ netvisor.in_period('line.voucher_date', 'period') }}
    and {{ netvisor.same_company('line', 'period') }}
left join {{ ref('dim_month') }} as month
    on {{ netvisor.month_of('line.voucher_date') }} = month.month and {{ netvisor.same_company('line', 'month') }}
left join {{ ref('stg_netvisor__voucher_types') }} as type
    on line.voucher_class_netvisor_key = type.netvisor_key and {{ netvisor.same_company('line', 'type') }}
left join {{ ref('int_netvisor__voucher_documents') }} as document
    on line.voucher_netvisor_key = document.voucher_netvisor_key and {{ netvisor.same_company('line', 'document') }}
left join {{ ref('stg_netvisor__customers') }} as customer
    on document.customer_netvisor_key = customer.netvisor_key and {{ netvisor.same_company('document', 'customer') }}
left join {{ ref('stg_netvisor__vendors') }} as vendor
    on document.vendor_netvisor_key = vendor.netvisor_key and {{ netvisor.same_company('document', 'vendor') }}
left join {{ ref('int_netvisor__closing_vouchers') }} as closing
    on line.voucher_netvisor_key = closing.voucher_netvisor_key and {{ netvisor.same_company('line', 'closing') }}
where {{ netvisor.counts('line') }}
