{{ netvisor.stage_stream(
    'purchase_orders',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'order_number': 'text',
        'order_date': 'date',
        'order_status': 'text',
        'vendor_name': 'text',
        'amount': 'number',
        'uri': 'text',
    }
) }}
