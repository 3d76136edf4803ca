-- Items of dimensions (cost centres, projects, ...), hidden ones too: old postings have them.
select
    item.source_relation,
    item.business_id,
    item.netvisor_key as dimension_item_netvisor_key,
    item.dimension_netvisor_key,
    item.dimension_name,
    item.name as dimension_item,
    item.code,
    item.label,
    item.level,
    father.name as father_item,
    coalesce(item.is_hidden, false) or coalesce(item.dimension_is_hidden, false) as is_hidden,
    item.sort as sort_order
from {{ ref('stg_netvisor__dimension_items') }} as item
left join {{ ref('stg_netvisor__dimension_items') }} as father
    on nullif(item.father_id, 0) = father.netvisor_key and {{ netvisor.same_company('item', 'father') }}
