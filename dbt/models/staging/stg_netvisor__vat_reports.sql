{{ netvisor.stage_stream(
    'vat_reports',
    key=[
        'business_id',
        'period',
    ],
    columns={
        'business_id': 'text',
        'period': 'text',
        'filing_date': 'date',
        'status': 'text',
        'tax_period': 'text',
        'payable_amount': 'number',
    }
) }}
