{{ netvisor.stage_stream(
    'vouchers',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'status': 'text',
        'netvisor_guid': 'text',
        'voucher_date': 'date',
        'voucher_number': 'integer',
        'voucher_description': 'text',
        'voucher_class': 'text',
        'voucher_class_netvisor_key': 'integer',
        'linked_source_netvisor_key': 'integer',
        'linked_source_netvisor_key_type': 'text',
        'voucher_netvisor_uri': 'text',
        'last_processed_at': 'timestamp',
        'transactions': 'json',
        'voucher_lines': 'json',
    }
) }}
