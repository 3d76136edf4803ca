{{ netvisor.stage_stream(
    'account_balances',
    key=[
        'business_id',
        'account_netvisor_key',
        'date',
    ],
    columns={
        'business_id': 'text',
        'account_netvisor_key': 'integer',
        'date': 'date',
        'account_number': 'text',
        'account_name': 'text',
        'account_name_fi': 'text',
        'account_name_en': 'text',
        'account_name_sv': 'text',
        'account_foreign_names': 'json',
        'debet': 'number',
        'kredit': 'number',
        'balance': 'number',
    }
) }}
