{{ netvisor.stage_stream(
    'purchase_payments',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'payer_name': 'text',
        'date': 'date',
        'home_currency_sum': 'number',
        'foreign_currency_sum': 'number',
        'reference': 'text',
        'invoice_key': 'integer',
        'invoice_number': 'text',
        'invoice_uri': 'text',
        'voucher_key': 'integer',
        'voucher_number': 'integer',
    }
) }}
