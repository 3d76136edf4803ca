{{ netvisor.stage_stream(
    'purchase_invoices',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'invoice_number': 'text',
        'invoice_date': 'date',
        'vendor': 'text',
        'vendor_organization_identifier': 'text',
        'sum': 'number',
        'payments': 'number',
        'open_sum': 'number',
        'uri': 'text',
    }
) }}
