{{ netvisor.subledger_reconciliation('receivable_events', 'SalesReceivables', '1701') }}
