{{ netvisor.stage_stream(
    'sales_invoices',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'invoice_number': 'text',
        'invoice_date': 'date',
        'invoice_due_date': 'date',
        'invoice_status': 'text',
        'invoice_status_substatus': 'text',
        'invoice_status_is_in_collection': 'boolean',
        'customer_netvisor_key': 'integer',
        'customer_code': 'text',
        'customer_name': 'text',
        'reference_number': 'text',
        'invoice_sum': 'number',
        'open_sum': 'number',
        'uri': 'text',
        'private_comment': 'text',
        'invoice_currency_sum': 'number',
        'invoice_currency_sum_currency_code': 'text',
        'open_currency_sum': 'number',
        'open_currency_sum_currency_code': 'text',
    }
) }}
