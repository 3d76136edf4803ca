{{ netvisor.stage_stream(
    'payroll_parties',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'name': 'text',
        'party_internal_type': 'text',
        'use_only_in_reporting': 'boolean',
    }
) }}
