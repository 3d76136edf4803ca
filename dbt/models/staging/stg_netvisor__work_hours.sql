{{ netvisor.stage_stream(
    'work_hours',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'employee_netvisor_key': 'integer',
        'date': 'date',
        'hours': 'number',
        'collector_ratio': 'text',
        'collector_ratio_number': 'text',
        'collector_ratio_netvisor_key': 'integer',
        'acceptance_status': 'text',
        'description': 'text',
        'crm_process_name': 'text',
        'dimensions': 'json',
    }
) }}
