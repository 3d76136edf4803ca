{{ netvisor.stage_stream(
    'contract_invoicing',
    key=[
        'business_id',
        'netvisor_key',
        'year',
        'month',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'year': 'integer',
        'month': 'text',
        'name': 'text',
        'begin_date': 'date',
        'end_date': 'date',
        'period_interval': 'integer',
        'period_interval_type': 'text',
        'invoiced': 'number',
        'forecast': 'number',
        'total': 'number',
    }
) }}
