{{ netvisor.stage_stream(
    'default_accounts',
    key=[
        'business_id',
        'purpose',
    ],
    columns={
        'business_id': 'text',
        'purpose': 'text',
        'account_number': 'text',
    }
) }}
