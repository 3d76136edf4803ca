{{ netvisor.stage_stream(
    'accounting_periods',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'begin_date': 'date',
        'end_date': 'date',
    }
) }}
