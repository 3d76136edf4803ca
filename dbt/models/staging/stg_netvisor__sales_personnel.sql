{{ netvisor.stage_stream(
    'sales_personnel',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'first_name': 'text',
        'last_name': 'text',
        'provision_percent': 'number',
    }
) }}
