{{ netvisor.stage_stream(
    'employees',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'employee_number': 'text',
        'personal_id': 'text',
        'first_name': 'text',
        'last_name': 'text',
        'real_name': 'text',
        'employment_status': 'boolean',
        'payroll_service': 'boolean',
        'resource_management': 'boolean',
        'lunch_benefit': 'boolean',
    }
) }}
