-- The records that live in Netvisor now, newest version only; everything below is made from these views.
--
-- PyAirbyte merges by primary key, and a deletion is a record like any other: `_ab_cdc_deleted_at` says when, and the
-- other columns but the key are empty (a voucher that the ledger itself calls deleted may keep them). The row stays in
-- the table, so it has to be left out here. Should a key be there twice (it came twice in the first sync, or another
-- destination appends), the version that came last counts: the time of extraction first, then the raw id, which rises
-- within a batch.

CREATE SCHEMA IF NOT EXISTS living;

CREATE OR REPLACE VIEW living.voucher_lines AS
SELECT * FROM netvisor.voucher_lines
QUALIFY row_number() OVER (PARTITION BY voucher_netvisor_key, netvisor_key
                           ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;

CREATE OR REPLACE VIEW living.sales_invoices AS
SELECT * FROM netvisor.sales_invoices
QUALIFY row_number() OVER (PARTITION BY netvisor_key ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;

CREATE OR REPLACE VIEW living.sales_payments AS
SELECT * FROM netvisor.sales_payments
QUALIFY row_number() OVER (PARTITION BY netvisor_key ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;

CREATE OR REPLACE VIEW living.purchase_invoices AS
SELECT * FROM netvisor.purchase_invoice_details
QUALIFY row_number() OVER (PARTITION BY netvisor_key ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;

CREATE OR REPLACE VIEW living.purchase_payments AS
SELECT * FROM netvisor.purchase_payments
QUALIFY row_number() OVER (PARTITION BY netvisor_key ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;

CREATE OR REPLACE VIEW living.customers AS
SELECT * FROM netvisor.customers
QUALIFY row_number() OVER (PARTITION BY netvisor_key ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;

CREATE OR REPLACE VIEW living.vendors AS
SELECT * FROM netvisor.vendors
QUALIFY row_number() OVER (PARTITION BY netvisor_key ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;

CREATE OR REPLACE VIEW living.account_balances AS
SELECT * FROM netvisor.account_balances
QUALIFY row_number() OVER (PARTITION BY account_netvisor_key, date
                           ORDER BY _airbyte_extracted_at DESC, _airbyte_raw_id DESC) = 1
    AND _ab_cdc_deleted_at IS NULL;
