{{ config(materialized='view') }}

{{ netvisor.stage_stream(
    'voucher_lines',
    key=[
        'business_id',
        'voucher_netvisor_key',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'voucher_netvisor_key': 'integer',
        'netvisor_key': 'integer',
        'line_number': 'integer',
        'status': 'text',
        'line_sum': 'number',
        'description': 'text',
        'account_number': 'text',
        'vat_percent': 'number',
        'vat_code': 'text',
        'account_dimension': 'text',
        'account_dimension_netvisor_key': 'integer',
        'dimensions': 'json',
        'transaction_follow_up_status': 'text',
        'transaction_allocations': 'json',
        'voucher_status': 'text',
        'voucher_date': 'date',
        'voucher_number': 'integer',
        'voucher_description': 'text',
        'voucher_class': 'text',
        'voucher_class_netvisor_key': 'integer',
        'linked_source_netvisor_key': 'integer',
        'linked_source_netvisor_key_type': 'text',
    }
) }}
