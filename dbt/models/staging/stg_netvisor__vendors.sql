{{ config(materialized='view') }}

{{ netvisor.stage_stream(
    'vendors',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'code': 'text',
        'name': 'text',
        'address': 'text',
        'post_code': 'text',
        'city': 'text',
        'country': 'text',
        'organization_id': 'text',
        'group_name': 'text',
        'vendor_domestic_bank_accounts': 'json',
        'vendor_foreign_bank_accounts': 'json',
        'phone_number': 'text',
        'email': 'text',
        'fax_number': 'text',
        'contact_person_name': 'text',
        'contact_person_phone_number': 'text',
        'contact_person_email': 'text',
        'home_page': 'text',
        'comment': 'text',
        'default_vat_percent': 'number',
        'is_partial_vat_reduce_privileged': 'boolean',
        'payment_term': 'text',
        'dimensions': 'json',
        'vendor_accounting_accounts': 'json',
        'vendor_acceptance_details': 'json',
    }
) }}
