{{ netvisor.stage_stream(
    'vat_summary_reports',
    key=[
        'business_id',
        'year',
    ],
    columns={
        'business_id': 'text',
        'year': 'integer',
        'period': 'text',
        'status': 'text',
    }
) }}
