-- Customers.
select
    source_relation,
    business_id,
    netvisor_key as customer_netvisor_key,
    code as customer_code,
    name as customer_name,
    organisation_identifier,
    customer_group_name
from {{ ref('stg_netvisor__customers') }}
