{{ netvisor.stage_stream(
    'sales_payments',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'date': 'date',
        'sum': 'number',
        'reference_number': 'text',
        'foreign_currency_amount': 'number',
        'invoice_number': 'text',
        'invoice_number_netvisor_key': 'integer',
        'payment_account_name': 'text',
        'voucher_id': 'integer',
        'last_modified_timestamp': 'timestamp',
        'payment_account_number': 'text',
        'payment_source': 'integer',
        'is_credit_loss': 'boolean',
        'bank_status': 'text',
        'bank_status_error_description': 'text',
        'bank_status_error_description_code': 'text',
        'archive_identifier': 'text',
        'transaction_record': 'text',
    }
) }}
