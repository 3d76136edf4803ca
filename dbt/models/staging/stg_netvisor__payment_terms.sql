{{ netvisor.stage_stream(
    'payment_terms',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'description': 'text',
        'net_days': 'integer',
        'discount_days': 'integer',
        'discount_percent': 'number',
        'is_default': 'boolean',
    }
) }}
