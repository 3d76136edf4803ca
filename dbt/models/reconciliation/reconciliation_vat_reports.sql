-- The payable VAT of each report filed in Netvisor (where vat_reports is synced), against box 308 of the months it is about.
with dated as (
    select
        *,
        cast({{ dbt.concat(["period", "'-01'"]) }} as date) as month,
        lower(coalesce(tax_period, 'month')) as length
    from {{ ref('stg_netvisor__vat_reports') }}
    where payable_amount is not null
),

-- which month of its quarter or year a report is listed under is not documented: each of them leads to the same months
reported as (
    select
        *,
        cast(case length
            when 'quarter' then {{ dbt.date_trunc('quarter', 'month') }}
            when 'year' then {{ dbt.date_trunc('year', 'month') }}
            else {{ dbt.date_trunc('month', 'month') }}
        end as date) as first_month,
        case length when 'quarter' then 3 when 'year' then 12 else 1 end as months
    from dated
),

summed as (
    select
        reported.source_relation, reported.business_id, reported.period, reported.filing_date, reported.status,
        reported.tax_period, reported.payable_amount, reported.months,
        count(box.month) as months_found, sum(box.amount) as payable
    from reported
    left join {{ ref('vat_return') }} as box
        on box.box = '308' and box.month >= reported.first_month
        and {{ netvisor.days_between('reported.first_month', 'box.month') }} < reported.months * 31 - 15
        and {{ netvisor.same_company('reported', 'box') }}
    group by
        reported.source_relation, reported.business_id, reported.period, reported.filing_date, reported.status,
        reported.tax_period, reported.payable_amount, reported.months
)

select
    source_relation,
    business_id,
    period,
    filing_date,
    status,
    tax_period,
    {{ netvisor.money('payable_amount') }} as reported_payable,
    {{ netvisor.money('payable') }} as payable,
    {{ netvisor.money('payable - payable_amount') }} as difference,
    -- a period that begins before the data cannot be compared; cents may differ, since Netvisor rounds each line
    coalesce(months_found = months and abs(payable - payable_amount) >= 1, false) as is_difference
from summed
