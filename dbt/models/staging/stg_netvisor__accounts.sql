{{ netvisor.stage_stream(
    'accounts',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'number': 'text',
        'name': 'text',
        'name_fi': 'text',
        'name_en': 'text',
        'name_sv': 'text',
        'account_type': 'text',
        'father_netvisor_key': 'integer',
        'is_active': 'boolean',
        'is_cumulative': 'boolean',
        'sort': 'integer',
        'end_sort': 'integer',
        'is_natural_negative': 'boolean',
    }
) }}
