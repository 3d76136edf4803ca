{{ netvisor.stage_stream(
    'bank_accounts',
    key=[
        'business_id',
        'iban',
    ],
    columns={
        'business_id': 'text',
        'iban': 'text',
        'name': 'text',
        'bic': 'text',
        'currency_code': 'text',
        'netvisor_key': 'integer',
        'account_number': 'text',
        'account_name': 'text',
    }
) }}
