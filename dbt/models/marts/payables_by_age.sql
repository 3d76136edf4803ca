{{ netvisor.by_age('payables_aged', 'vendor') }}
