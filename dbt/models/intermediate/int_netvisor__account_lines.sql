-- The statutory line of each account: the company's own choice; else the nearest group above it whose name tells the line,
-- made finer by the account's number where that stays inside the group's line; else the number alone.
with recursive accounts as (
    select * from {{ ref('stg_netvisor__accounts') }}
),

ancestors as (
    select source_relation, business_id, netvisor_key as account_netvisor_key, father_netvisor_key, 1 as distance
    from accounts
    where account_type <> 'accountgroup'
    union all
    select
        ancestors.source_relation, ancestors.business_id, ancestors.account_netvisor_key,
        accounts.father_netvisor_key, ancestors.distance + 1
    from ancestors
    inner join accounts
        on ancestors.father_netvisor_key = accounts.netvisor_key
        and {{ netvisor.same_company('ancestors', 'accounts') }}
    where ancestors.distance < 30
),

by_group as (
    select
        ancestors.source_relation, ancestors.business_id, ancestors.account_netvisor_key,
        named.line, lines.statement,
        row_number() over (
            partition by ancestors.source_relation, ancestors.business_id, ancestors.account_netvisor_key
            order by ancestors.distance
        ) as place
    from ancestors
    inner join accounts as groups_
        on ancestors.father_netvisor_key = groups_.netvisor_key
        and {{ netvisor.same_company('ancestors', 'groups_') }}
    inner join accounts as own
        on ancestors.account_netvisor_key = own.netvisor_key and {{ netvisor.same_company('ancestors', 'own') }}
    inner join {{ ref('netvisor_statement_groups') }} as named on lower(trim(groups_.name)) = named.group_name
    inner join {{ ref('netvisor_statement_lines') }} as lines
        on named.line = lines.line
        and lines.statement = case when own.is_cumulative then 'balance sheet' else 'income statement' end
),

by_number as (
    select accounts.source_relation, accounts.business_id, accounts.netvisor_key as account_netvisor_key, ranges.line
    from accounts
    inner join {{ ref('netvisor_statement_ranges') }} as ranges
        on substr(accounts.number, 1, 4) >= ranges.first_number and substr(accounts.number, 1, 4) < ranges.end_number
    inner join {{ ref('netvisor_statement_lines') }} as lines
        on ranges.line = lines.line
        and lines.statement = case when accounts.is_cumulative then 'balance sheet' else 'income statement' end
    where accounts.account_type <> 'accountgroup'
),

own_lines as (
    -- a seed of one's own may have its columns typed by their looks
    select
        cast(business_id as {{ dbt.type_string() }}) as business_id,
        cast(account_number as {{ dbt.type_string() }}) as account_number,
        cast(line as {{ dbt.type_string() }}) as line,
        cast(cash_flow as {{ dbt.type_string() }}) as cash_flow
    from {{ ref('netvisor_account_lines') }}
),

chosen_by_company as (
    select
        accounts.source_relation, accounts.business_id, accounts.netvisor_key as account_netvisor_key,
        own.line, own.cash_flow,
        row_number() over (
            partition by accounts.source_relation, accounts.business_id, accounts.netvisor_key
            order by case when own.business_id is null or own.business_id = '' then 1 else 0 end
        ) as place
    from accounts
    inner join own_lines as own
        on accounts.number = own.account_number
        and (own.business_id is null or own.business_id = '' or own.business_id = accounts.business_id)
),

chosen as (
    select
        accounts.source_relation, accounts.business_id, accounts.netvisor_key as account_netvisor_key,
        case
            when own.line is not null then own.line
            when by_group.line is null then by_number.line
            when by_number.line like {{ dbt.concat(["by_group.line", "'.%'"]) }} then by_number.line
            else by_group.line
        end as line,
        case
            when own.line is not null then 'company'
            when by_group.line is null and by_number.line is null then null
            when by_group.line is null then 'number'
            when by_number.line like {{ dbt.concat(["by_group.line", "'.%'"]) }} then 'group and number'
            else 'group'
        end as chosen_by,
        own.cash_flow
    from accounts
    left join chosen_by_company as own
        on accounts.netvisor_key = own.account_netvisor_key and {{ netvisor.same_company('accounts', 'own') }}
        and own.place = 1
    left join by_group
        on accounts.netvisor_key = by_group.account_netvisor_key and {{ netvisor.same_company('accounts', 'by_group') }}
        and by_group.place = 1
    left join by_number
        on accounts.netvisor_key = by_number.account_netvisor_key
        and {{ netvisor.same_company('accounts', 'by_number') }}
    where accounts.account_type <> 'accountgroup'
)

select
    chosen.source_relation, chosen.business_id, chosen.account_netvisor_key, chosen.line, chosen.chosen_by,
    lines.name_fi, lines.name_en, lines.sort_order, lines.is_cost,
    coalesce(nullif(chosen.cash_flow, ''), lines.cash_flow) as cash_flow
from chosen
left join {{ ref('netvisor_statement_lines') }} as lines on chosen.line = lines.line
