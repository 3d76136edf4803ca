{{ netvisor.stage_stream(
    'payroll_paychecks',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'payment_date': 'date',
        'payroll_rule_group_period_netvisor_key': 'integer',
        'start_date': 'date',
        'end_date': 'date',
        'payroll_rule_group_netvisor_key': 'integer',
        'payroll_rule_group_name': 'text',
        'employee_name': 'text',
        'employee_number': 'text',
        'employee_netvisor_key': 'integer',
        'status': 'integer',
        'status_description': 'text',
    }
) }}
