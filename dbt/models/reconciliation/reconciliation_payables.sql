{{ netvisor.subledger_reconciliation('payable_events', 'trade_payables', '2871') }}
