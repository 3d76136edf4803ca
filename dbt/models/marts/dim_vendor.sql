-- Vendors.
select
    source_relation,
    business_id,
    netvisor_key as vendor_netvisor_key,
    code as vendor_code,
    name as vendor_name,
    organization_id,
    country,
    group_name as vendor_group_name
from {{ ref('stg_netvisor__vendors') }}
