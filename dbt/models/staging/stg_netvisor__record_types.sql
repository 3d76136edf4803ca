{{ netvisor.stage_stream(
    'record_types',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name_fi': 'text',
        'name_en': 'text',
        'name_sv': 'text',
        'ratio_number': 'text',
        'character_type': 'integer',
        'unit_type': 'integer',
    }
) }}
