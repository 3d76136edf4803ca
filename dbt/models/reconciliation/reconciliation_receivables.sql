{{ netvisor.subledger_reconciliation('receivable_events', 'sales_receivables', '1701') }}
