{{ netvisor.stage_stream(
    'account_dimensions',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'name_fi': 'text',
        'name_en': 'text',
        'name_sv': 'text',
        'follow_up_accounts': 'json',
    }
) }}
