{{ netvisor.stage_stream(
    'circulation_lists',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'is_default': 'boolean',
        'is_forced': 'boolean',
        'last_edit_time_stamp': 'timestamp',
        'factual_verifiers': 'json',
        'approver_name': 'text',
    }
) }}
