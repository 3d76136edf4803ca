-- Products, with what their details add where those are synced.
select
    product.source_relation,
    product.business_id,
    product.netvisor_key as product_netvisor_key,
    product.product_code,
    product.name as product_name,
    product.product_group_description as product_group,
    product.unit_price,
    details.purchase_price,
    details.unit,
    details.default_vat_percent,
    details.is_active
from {{ ref('stg_netvisor__products') }} as product
left join {{ ref('stg_netvisor__product_details') }} as details
    on product.netvisor_key = details.netvisor_key and {{ netvisor.same_company('product', 'details') }}
