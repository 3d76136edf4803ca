{{ netvisor.open_sum_reconciliation('receivable_events', 'customer') }}
