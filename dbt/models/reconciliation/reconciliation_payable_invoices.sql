{{ netvisor.open_sum_reconciliation('payable_events', 'vendor') }}
