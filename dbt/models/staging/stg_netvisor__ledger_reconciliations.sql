{{ netvisor.stage_stream(
    'ledger_reconciliations',
    key=[
        'business_id',
        'period',
        'ledger',
    ],
    columns={
        'business_id': 'text',
        'period': 'text',
        'ledger': 'text',
        'deviating_vouchers': 'integer',
        'deviating_payments': 'integer',
        'source_end_balance': 'number',
        'bookkeeping_end_balance': 'number',
    }
) }}
