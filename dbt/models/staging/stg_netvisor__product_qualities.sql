{{ netvisor.stage_stream(
    'product_qualities',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'is_quality_deviation': 'boolean',
    }
) }}
