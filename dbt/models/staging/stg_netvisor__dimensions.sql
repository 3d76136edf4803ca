{{ netvisor.stage_stream(
    'dimensions',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'is_hidden': 'boolean',
        'link_type': 'integer',
        'activity_period_start': 'date',
        'activity_period_end': 'date',
    }
) }}
