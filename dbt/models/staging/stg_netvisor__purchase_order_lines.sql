{{ config(materialized='view') }}

{{ netvisor.stage_stream(
    'purchase_order_lines',
    key=[
        'business_id',
        'order_netvisor_key',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'order_netvisor_key': 'integer',
        'netvisor_key': 'integer',
        'line_number': 'integer',
        'product_code': 'text',
        'product_code_netvisor_key': 'integer',
        'product_name': 'text',
        'vendor_product_code': 'text',
        'ordered_amount': 'number',
        'delivered_amount': 'number',
        'unit_price': 'number',
        'vat_percent': 'number',
        'line_sum': 'number',
        'freight_rate': 'number',
        'delivery_date': 'date',
        'product_quality_netvisor_key': 'integer',
        'quality_description': 'text',
        'quality_deviation': 'boolean',
        'inventory_place': 'text',
        'inventory_place_netvisor_key': 'integer',
        'accounting_suggestion': 'text',
        'dimensions': 'json',
        'purchase_invoices': 'json',
        'order_number': 'text',
        'order_date': 'date',
        'order_status': 'text',
        'vendor_name': 'text',
    }
) }}
