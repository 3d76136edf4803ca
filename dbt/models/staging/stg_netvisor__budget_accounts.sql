{{ netvisor.stage_stream(
    'budget_accounts',
    key=[
        'business_id',
        'year',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'year': 'integer',
        'netvisor_key': 'integer',
        'name': 'text',
        'number': 'text',
        'group': 'integer',
        'type': 'integer',
    }
) }}
