{{ netvisor.stage_stream(
    'period_locks',
    key=[
        'business_id',
    ],
    columns={
        'business_id': 'text',
        'accounting_period_lock_date': 'date',
        'vat_period_lock_date': 'date',
        'purchase_lock_date': 'date',
    }
) }}
