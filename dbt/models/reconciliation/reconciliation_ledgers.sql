-- Netvisor's own reconciliation of the sales and the purchase ledger at each month's end (where ledger_reconciliations is
-- synced), against the open invoices and the account here. Which sign Netvisor gives debts is not documented: sizes are compared.
with own as (
    select as_of, source_relation, business_id, 'sales' as ledger, sum(open_sum) as open_sum
    from {{ ref('receivables_aged') }}
    group by as_of, source_relation, business_id
    union all
    select as_of, source_relation, business_id, 'purchase', sum(open_sum)
    from {{ ref('payables_aged') }}
    group by as_of, source_relation, business_id
),

accounts as (
    select
        ledger.source_relation, ledger.business_id, ledger.month_end, ledger.ending_balance,
        case when chosen.purpose = 'sales_receivables' then 'sales' else 'purchase' end as ledger
    from {{ ref('general_ledger_by_period') }} as ledger
    inner join {{ ref('stg_netvisor__default_accounts') }} as chosen
        on ledger.account_number = chosen.account_number and {{ netvisor.same_company('ledger', 'chosen') }}
        and chosen.purpose in ('sales_receivables', 'trade_payables')
),

reported as (
    select
        *,
        {{ netvisor.month_end("cast(" ~ dbt.concat(["period", "'-01'"]) ~ " as date)") }} as month_end,
        case when lower(ledger) like 'sales%' then 'sales' else 'purchase' end as which
    from {{ ref('stg_netvisor__ledger_reconciliations') }}
),

compared as (
    select
        reported.source_relation, reported.business_id, reported.month_end, reported.which as ledger,
        reported.deviating_vouchers, reported.deviating_payments,
        {{ netvisor.money('reported.source_end_balance') }} as netvisor_open_sum,
        {{ netvisor.money('coalesce(own.open_sum, 0)') }} as open_sum,
        {{ netvisor.money('reported.bookkeeping_end_balance') }} as netvisor_account_balance,
        {{ netvisor.money('coalesce(accounts.ending_balance, 0)') }} as account_balance
    from reported
    left join own
        on reported.month_end = own.as_of and reported.which = own.ledger and {{ netvisor.same_company('reported', 'own') }}
    left join accounts
        on reported.month_end = accounts.month_end and reported.which = accounts.ledger
        and {{ netvisor.same_company('reported', 'accounts') }}
    -- the running month goes on after it was read
    inner join {{ ref('int_netvisor__companies') }} as companies
        on {{ netvisor.same_company('reported', 'companies') }} and reported.month_end < companies.as_of
)

select
    source_relation,
    business_id,
    month_end,
    ledger,
    deviating_vouchers,
    deviating_payments,
    netvisor_open_sum,
    open_sum,
    netvisor_account_balance,
    account_balance,
    {{ netvisor.money('abs(open_sum) - abs(netvisor_open_sum)') }} as open_sum_difference,
    {{ netvisor.money('abs(account_balance) - abs(netvisor_account_balance)') }} as account_difference,
    {{ netvisor.money('abs(netvisor_open_sum) - abs(netvisor_account_balance)') }} as difference_in_netvisor,
    coalesce(abs(open_sum) <> abs(netvisor_open_sum), false)
        or coalesce(abs(account_balance) <> abs(netvisor_account_balance), false) as is_difference
from compared
