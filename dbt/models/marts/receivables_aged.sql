{{ netvisor.aged('receivable_events', 'customer') }}
