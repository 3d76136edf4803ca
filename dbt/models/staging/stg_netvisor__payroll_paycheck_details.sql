{{ config(materialized='view') }}

{{ netvisor.stage_stream(
    'payroll_paycheck_details',
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
        'employee_netvisor_key': 'integer',
        'employee_name': 'text',
        'employee_number': 'text',
        'status': 'integer',
        'voucher_netvisor_key': 'integer',
        'voucher_class': 'text',
        'voucher_number': 'integer',
        'voucher_date': 'date',
        'allocation_curves': 'json',
        'free_text_before_lines': 'text',
        'free_text_after_lines': 'text',
        'available_holidays': 'number',
        'new_accrual_of_holidays': 'number',
        'payroll_paycheck_batch_lines': 'json',
    }
) }}
