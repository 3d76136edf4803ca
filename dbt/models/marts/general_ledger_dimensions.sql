{{ netvisor.dimension_bridge(ref('general_ledger'), ['voucher_netvisor_key', 'line_netvisor_key']) }}
