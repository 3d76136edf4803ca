{{ netvisor.stage_stream(
    'product_groups',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'product_group_name_fi': 'text',
        'product_group_name_en': 'text',
        'product_group_name_sv': 'text',
        'product_group_description_fi': 'text',
        'product_group_description_en': 'text',
        'product_group_description_sv': 'text',
        'product_group_hierarchy_name_fi': 'text',
        'product_group_hierarchy_name_en': 'text',
        'product_group_hierarchy_name_sv': 'text',
        'parent_group_netvisor_key': 'integer',
        'child_groups': 'json',
    }
) }}
