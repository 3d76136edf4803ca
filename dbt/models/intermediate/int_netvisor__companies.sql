-- One row for each company: where its books begin, and the day in Finland that they were read on.
with companies as (
    select
        source_relation,
        business_id,
        {{ netvisor.finnish_day('max(_airbyte_extracted_at)') }} as as_of
    from {{ ref('stg_netvisor__accounts') }}
    group by source_relation, business_id
),

balances as (
    select source_relation, business_id, min(date) as first_month_end, max(date) as last_month_end
    from {{ ref('stg_netvisor__account_balances') }}
    group by source_relation, business_id
),

vouchers as (
    select source_relation, business_id, min(voucher_date) as first_voucher, max(voucher_date) as last_voucher
    from {{ ref('stg_netvisor__voucher_lines') }} as line
    where {{ netvisor.counts('line') }}
    group by source_relation, business_id
)

select
    companies.source_relation,
    companies.business_id,
    companies.as_of,
    {{ netvisor.month_of('companies.as_of') }} as current_month,
    -- the month whose end is the first that Netvisor's balances are known of
    balances.first_month_end,
    {{ netvisor.month_of('coalesce(balances.first_month_end, vouchers.first_voucher, companies.as_of)') }} as first_month,
    {{ netvisor.month_of('greatest(coalesce(balances.last_month_end, companies.as_of), coalesce(vouchers.last_voucher, companies.as_of), companies.as_of)') }} as last_month
from companies
left join balances on {{ netvisor.same_company('balances', 'companies') }}
left join vouchers on {{ netvisor.same_company('vouchers', 'companies') }}
