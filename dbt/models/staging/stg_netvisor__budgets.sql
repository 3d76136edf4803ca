{{ netvisor.stage_stream(
    'budgets',
    key=[
        'business_id',
        'account_number',
        'year',
        'month',
    ],
    columns={
        'business_id': 'text',
        'account_number': 'text',
        'year': 'integer',
        'month': 'integer',
        'locked_dimensions': 'json',
        'account_name': 'text',
        'account_group': 'integer',
        'sum': 'number',
        'vat': 'number',
    }
) }}
