{{ netvisor.stage_stream(
    'dimension_items',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'line_number': 'integer',
        'name': 'text',
        'code': 'text',
        'label': 'text',
        'is_hidden': 'boolean',
        'level': 'integer',
        'sort': 'integer',
        'end_sort': 'integer',
        'father_id': 'integer',
        'activity_period_start': 'date',
        'activity_period_end': 'date',
        'dimension_netvisor_key': 'integer',
        'dimension_name': 'text',
        'dimension_is_hidden': 'boolean',
    }
) }}
