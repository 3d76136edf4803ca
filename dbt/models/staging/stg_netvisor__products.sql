{{ netvisor.stage_stream(
    'products',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'product_code': 'text',
        'name': 'text',
        'unit_price': 'number',
        'unit_gross_price': 'number',
        'product_group_id': 'integer',
        'product_group_description': 'text',
        'uri': 'text',
    }
) }}
