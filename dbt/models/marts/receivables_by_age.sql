{{ netvisor.by_age('receivables_aged', 'customer') }}
