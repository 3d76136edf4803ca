{{ netvisor.stage_stream(
    'inventory',
    key=[
        'business_id',
        'product_netvisor_key',
        'warehouse_netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'product_netvisor_key': 'integer',
        'warehouse_netvisor_key': 'integer',
        'product_name': 'text',
        'product_code': 'text',
        'product_group_name': 'text',
        'product_uri': 'text',
        'warehouse_name': 'text',
        'reserved_amount': 'number',
        'ordered_amount': 'number',
        'inventory_amount': 'number',
        'product_total_reserved_amount': 'number',
        'product_total_ordered_amount': 'number',
        'product_total_amount': 'number',
    }
) }}
