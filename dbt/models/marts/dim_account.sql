-- Accounts and account groups with their place in the chart and their line in the statutory statements.
with recursive accounts as (
    select * from {{ ref('stg_netvisor__accounts') }}
),

tree as (
    select
        source_relation,
        business_id,
        netvisor_key,
        1 as depth,
        cast(coalesce(name_en, name) as {{ dbt.type_string() }}) as path,
        cast(coalesce(name_en, name) as {{ dbt.type_string() }}) as top_group,
        cast(name as {{ dbt.type_string() }}) as top_group_fi
    from accounts
    where coalesce(father_netvisor_key, 0) = 0
    union all
    select
        child.source_relation,
        child.business_id,
        child.netvisor_key,
        tree.depth + 1,
        cast({{ dbt.concat(["tree.path", "' / '", "coalesce(child.name_en, child.name)"]) }} as {{ dbt.type_string() }}),
        tree.top_group,
        tree.top_group_fi
    from accounts as child
    inner join tree
        on child.father_netvisor_key = tree.netvisor_key and {{ netvisor.same_company('child', 'tree') }}
    -- a chart that leads back to itself ends somewhere
    where tree.depth < 30
)

select
    accounts.source_relation,
    accounts.business_id,
    accounts.netvisor_key as account_netvisor_key,
    accounts.number as account_number,
    coalesce(accounts.name_en, accounts.name) as account_name,
    accounts.name as account_name_fi,
    accounts.account_type = 'accountgroup' as is_group,
    accounts.is_active,
    case when accounts.is_cumulative then 'balance sheet' else 'profit and loss' end as statement,
    accounts.is_natural_negative,
    nullif(accounts.father_netvisor_key, 0) as group_netvisor_key,
    coalesce(father.name_en, father.name) as account_group,
    father.name as account_group_fi,
    coalesce(tree.top_group, accounts.name_en, accounts.name) as top_group,
    coalesce(tree.top_group_fi, accounts.name) as top_group_fi,
    coalesce(tree.depth, 1) as depth,
    coalesce(tree.path, accounts.name_en, accounts.name) as path,
    accounts.sort as sort_order,
    accounts.end_sort,
    lines.line as statement_line,
    lines.chosen_by as statement_line_chosen_by,
    lines.name_fi as statement_line_name_fi,
    lines.name_en as statement_line_name,
    lines.cash_flow,
    -- of several accounts with one number, the one that postings belong to
    row_number() over (
        partition by accounts.source_relation, accounts.business_id, accounts.number, accounts.account_type
        order by case when accounts.is_active then 0 else 1 end, accounts.netvisor_key
    ) = 1 as is_first_of_number
from accounts
left join tree
    on accounts.netvisor_key = tree.netvisor_key and {{ netvisor.same_company('accounts', 'tree') }}
left join accounts as father
    on accounts.father_netvisor_key = father.netvisor_key and {{ netvisor.same_company('accounts', 'father') }}
left join {{ ref('int_netvisor__account_lines') }} as lines
    on accounts.netvisor_key = lines.account_netvisor_key and {{ netvisor.same_company('accounts', 'lines') }}
