{{ netvisor.stage_stream(
    'voucher_types',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'abbreviation': 'text',
        'name': 'text',
        'name_fi': 'text',
        'name_en': 'text',
        'name_sv': 'text',
    }
) }}
