{{ netvisor.stage_stream(
    'employee_salary_parameters',
    key=[
        'business_id',
        'employee_netvisor_key',
        'ratio_number',
    ],
    columns={
        'business_id': 'text',
        'employee_netvisor_key': 'integer',
        'ratio_number': 'text',
        'value': 'number',
    }
) }}
