-- Rows and sums of models against those of what they are made of: a join that multiplies or loses rows shows here.
with pairs as (
    select
        companies.source_relation, companies.business_id, 'general_ledger' as model,
        (
            select count(*) from {{ ref('stg_netvisor__voucher_lines') }} as source
            where {{ netvisor.same_company('source', 'companies') }}
                -- said otherwise than in the ledger: a status that nobody knows shows as a difference
                and coalesce(lower(source.voucher_status), 'valid') not in ('invalidated', 'deleted')
                and coalesce(lower(source.status), 'valid') not in ('invalidated', 'deleted')
        ) as expected,
        (
            select count(*) from {{ ref('general_ledger') }} as made
            where {{ netvisor.same_company('made', 'companies') }}
        ) as found
    from {{ ref('int_netvisor__companies') }} as companies
    union all
    select
        companies.source_relation, companies.business_id, 'general_ledger_by_period',
        (
            select coalesce(sum(source.debit + source.credit), 0) from {{ ref('general_ledger') }} as source
            where {{ netvisor.same_company('source', 'companies') }}
        ),
        (
            select coalesce(sum(made.debit + made.credit), 0) from {{ ref('general_ledger_by_period') }} as made
            where {{ netvisor.same_company('made', 'companies') }}
        )
    from {{ ref('int_netvisor__companies') }} as companies
    union all
    select
        companies.source_relation, companies.business_id, 'sales',
        (
            select count(*) from {{ ref('stg_netvisor__sales_invoice_lines') }} as source
            where {{ netvisor.same_company('source', 'companies') }} and source.invoice_number is not null
        ),
        (
            select coalesce(sum(made.lines), 0) from {{ ref('sales') }} as made
            where {{ netvisor.same_company('made', 'companies') }}
        )
    from {{ ref('int_netvisor__companies') }} as companies
    union all
    select
        companies.source_relation, companies.business_id, 'purchases',
        (
            select count(*) from {{ ref('stg_netvisor__purchase_invoice_lines') }} as source
            where {{ netvisor.same_company('source', 'companies') }}
        ),
        (
            select coalesce(sum(made.lines), 0) from {{ ref('purchases') }} as made
            where {{ netvisor.same_company('made', 'companies') }}
        )
    from {{ ref('int_netvisor__companies') }} as companies
    union all
    select
        companies.source_relation, companies.business_id, 'working_hours',
        (
            select coalesce(sum(source.hours), 0) from {{ ref('stg_netvisor__work_hours') }} as source
            where {{ netvisor.same_company('source', 'companies') }}
        ),
        (
            select coalesce(sum(made.hours), 0) from {{ ref('working_hours') }} as made
            where {{ netvisor.same_company('made', 'companies') }}
        )
    from {{ ref('int_netvisor__companies') }} as companies
)

select
    source_relation,
    business_id,
    model,
    expected,
    found,
    found - expected as difference,
    found <> expected as is_difference
from pairs
