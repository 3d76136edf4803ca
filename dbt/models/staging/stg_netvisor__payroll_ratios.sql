{{ netvisor.stage_stream(
    'payroll_ratios',
    key=[
        'business_id',
        'source',
        'identifier',
    ],
    columns={
        'business_id': 'text',
        'source': 'text',
        'identifier': 'integer',
        'name_fi': 'text',
        'name_en': 'text',
        'name_sv': 'text',
        'identifier_type': 'text',
        'source_netvisor_key': 'integer',
        'ratio_number': 'text',
        'default_debit_account_number': 'text',
        'default_credit_account_number': 'text',
    }
) }}
