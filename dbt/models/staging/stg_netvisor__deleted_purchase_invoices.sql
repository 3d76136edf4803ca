{{ netvisor.stage_stream(
    'deleted_purchase_invoices',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'delete_date': 'timestamp',
    }
) }}
