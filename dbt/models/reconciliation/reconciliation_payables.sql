{{ netvisor.subledger_reconciliation('payable_events', 'TradePayables', '2871') }}
