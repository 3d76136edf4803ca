{{ netvisor.aged('payable_events', 'vendor') }}
