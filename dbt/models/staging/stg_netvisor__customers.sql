{{ netvisor.stage_stream(
    'customers',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'code': 'text',
        'organisation_identifier': 'text',
        'customer_group_id': 'integer',
        'customer_group_name': 'text',
        'uri': 'text',
    }
) }}
