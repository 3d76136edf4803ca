-- A company that two sources have would count twice in whatever adds up companies.
select
    business_id,
    count(*) as sources,
    count(*) > 1 as is_difference
from {{ ref('dim_company') }}
group by business_id
