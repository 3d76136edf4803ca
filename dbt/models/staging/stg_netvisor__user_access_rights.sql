{{ netvisor.stage_stream(
    'user_access_rights',
    key=[
        'business_id',
        'company_netvisor_key',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'company_netvisor_key': 'integer',
        'netvisor_key': 'integer',
        'company_name': 'text',
        'first_name': 'text',
        'last_name': 'text',
        'is_company_admin': 'boolean',
        'is_account_office_super_user': 'boolean',
        'is_user_admin': 'boolean',
        'is_auditor': 'boolean',
        'is_accountant': 'boolean',
        'is_payroll_accountant': 'boolean',
        'is_payroll_personnel_manager': 'boolean',
        'is_payroll_employee_controller': 'boolean',
        'accounting_profile': 'text',
        'payroll_profile': 'text',
        'valid_from': 'date',
        'valid_to': 'date',
    }
) }}
