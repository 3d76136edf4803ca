-- The ledger's balance of each bank account at each month's end. Bank accounts that share a ledger account stand in one row.
with banks as (
    select
        source_relation, business_id, account_number,
        min(iban) as iban, min(name) as bank_account_name, count(*) as bank_accounts
    from {{ ref('stg_netvisor__bank_accounts') }}
    where account_number is not null
    group by source_relation, business_id, account_number
)

select
    ledger.account_month_key,
    ledger.source_relation,
    ledger.business_id,
    ledger.month,
    ledger.month_end,
    ledger.is_unfinished,
    ledger.account_netvisor_key,
    ledger.account_number,
    ledger.account_name,
    banks.iban,
    banks.bank_account_name,
    coalesce(banks.bank_accounts, 0) as bank_accounts,
    ledger.debit as money_in,
    ledger.credit as money_out,
    ledger.ending_balance as balance
from {{ ref('general_ledger_by_period') }} as ledger
inner join {{ ref('dim_account') }} as account
    on ledger.account_netvisor_key = account.account_netvisor_key and {{ netvisor.same_company('ledger', 'account') }}
left join banks
    on ledger.account_number = banks.account_number and {{ netvisor.same_company('ledger', 'banks') }}
where banks.account_number is not null or account.cash_flow = 'cash'
