{{ config(materialized='view') }}

{{ netvisor.stage_stream(
    'purchase_order_details',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'order_number': 'text',
        'order_status': 'text',
        'order_status_delivery_status': 'text',
        'order_date': 'date',
        'vendor_name': 'text',
        'vendor_address_line': 'text',
        'vendor_post_number': 'text',
        'vendor_city': 'text',
        'vendor_country': 'text',
        'delivery_term': 'text',
        'delivery_method': 'text',
        'delivery_name': 'text',
        'delivery_address_line': 'text',
        'delivery_post_number': 'text',
        'delivery_city': 'text',
        'delivery_country': 'text',
        'private_comment': 'text',
        'comment': 'text',
        'our_reference': 'text',
        'payment_term': 'text',
        'amount': 'number',
        'amount_currency_code': 'text',
        'purchase_order_product_delivery_groups': 'json',
        'purchase_order_product_lines': 'json',
        'purchase_order_comment_lines': 'json',
        'purchase_invoices': 'json',
    }
) }}
