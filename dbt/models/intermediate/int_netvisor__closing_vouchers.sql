-- Netvisor closes a year by posting its result to a result account of the balance sheet without a counter line: one-sided
-- vouchers, on balance sheet accounts alone, that touch a result account; or, where a company's result account has another
-- number, that stand on equity alone and are dated a period's last day.
with lines as (
    select
        line.source_relation, line.business_id, line.voucher_netvisor_key, line.voucher_date,
        {{ netvisor.money('line.line_sum') }} as amount,
        case when account.statement = 'balance sheet' then 0 else 1 end as outside,
        case when account.statement_line like 'BL.A%' then 0 else 1 end as outside_equity,
        case when line.account_number in (
            {%- for number in var('netvisor_result_accounts') %}'{{ number }}'{{ ', ' if not loop.last }}{% endfor -%}
        ) then 1 else 0 end as on_result_account
    from {{ ref('stg_netvisor__voucher_lines') }} as line
    left join {{ ref('dim_account') }} as account
        on line.account_number = account.account_number and not account.is_group and account.is_first_of_number
        and {{ netvisor.same_company('line', 'account') }}
    where {{ netvisor.counts('line') }}
),

vouchers as (
    select
        source_relation, business_id, voucher_netvisor_key, voucher_date,
        sum(amount) as amount, max(on_result_account) as on_result_account, max(outside_equity) as outside_equity
    from lines
    group by source_relation, business_id, voucher_netvisor_key, voucher_date
    having sum(amount) <> 0 and max(outside) = 0
)

select
    vouchers.source_relation,
    vouchers.business_id,
    vouchers.voucher_netvisor_key,
    vouchers.voucher_date,
    {{ netvisor.money('vouchers.amount') }} as amount,
    periods.period_netvisor_key
from vouchers
left join {{ ref('dim_period') }} as periods
    on {{ netvisor.in_period('vouchers.voucher_date', 'periods') }}
    and {{ netvisor.same_company('vouchers', 'periods') }}
where
    vouchers.on_result_account = 1
    or (vouchers.outside_equity = 0 and vouchers.voucher_date = periods.end_date)
