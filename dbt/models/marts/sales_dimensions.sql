{{ netvisor.dimension_bridge(ref('int_netvisor__sales_lines'), ['invoice_netvisor_key', 'line_netvisor_key']) }}
