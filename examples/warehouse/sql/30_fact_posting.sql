-- One row for each line of each voucher that counts: not deleted, not invalidated. Debit is positive.

-- The document behind a voucher: the invoice itself, or the invoice that a payment's voucher pays.
CREATE OR REPLACE TABLE books.voucher_document AS
SELECT DISTINCT ON (voucher_netvisor_key) *
FROM (
    SELECT line.voucher_netvisor_key, 'sales invoice' AS document_type,
           line.linked_source_netvisor_key AS document_netvisor_key,
           invoice.invoice_number AS document_number, invoice.customer_netvisor_key, NULL AS supplier_netvisor_key,
           1 AS preference
    FROM living.voucher_lines AS line
    LEFT JOIN living.sales_invoices AS invoice ON invoice.netvisor_key = line.linked_source_netvisor_key
    WHERE line.linked_source_netvisor_key_type = 'salesinvoice'
    UNION ALL
    SELECT line.voucher_netvisor_key, 'purchase invoice', line.linked_source_netvisor_key,
           invoice.purchase_invoice_number, NULL, invoice.vendor_netvisor_key, 1
    FROM living.voucher_lines AS line
    LEFT JOIN living.purchase_invoices AS invoice ON invoice.netvisor_key = line.linked_source_netvisor_key
    WHERE line.linked_source_netvisor_key_type = 'purchaseinvoice'
    UNION ALL
    -- a sales payment names its invoice by number only
    SELECT payment.voucher_id, 'sales payment', payment.netvisor_key,
           payment.invoice_number, invoice.customer_netvisor_key, NULL, 2
    FROM living.sales_payments AS payment
    LEFT JOIN living.sales_invoices AS invoice USING (invoice_number)
    WHERE payment.voucher_id IS NOT NULL
    UNION ALL
    SELECT payment.voucher_key, 'purchase payment', payment.netvisor_key,
           payment.invoice_number, NULL, invoice.vendor_netvisor_key, 2
    FROM living.purchase_payments AS payment
    LEFT JOIN living.purchase_invoices AS invoice ON payment.invoice_key = invoice.netvisor_key
    WHERE payment.voucher_key IS NOT NULL
) AS document
ORDER BY voucher_netvisor_key, preference, document_netvisor_key;

CREATE OR REPLACE TABLE books.fact_posting AS
SELECT
    line.voucher_netvisor_key,
    line.netvisor_key AS line_netvisor_key,
    line.line_number,
    line.voucher_date AS posting_date,
    date_trunc('month', line.voucher_date)::DATE AS month,
    line.voucher_class_netvisor_key AS series_netvisor_key,
    coalesce(series.series, line.voucher_class) AS series,
    line.voucher_number,
    line.voucher_description,
    line.description AS line_description,
    account.account_netvisor_key,
    line.account_number,
    account.account_name,
    line.line_sum::DECIMAL(18, 2) AS amount,
    greatest(line.line_sum, 0)::DECIMAL(18, 2) AS debit,
    greatest(-line.line_sum, 0)::DECIMAL(18, 2) AS credit,
    line.vat_percent::DECIMAL(5, 2) AS vat_percent,
    line.vat_code,
    line.account_dimension,
    -- dimensions['Projekti'] is the line's item in that dimension
    map_from_entries(list_transform(
        from_json(line.dimensions, '[{"dimension_name": "VARCHAR", "dimension_item": "VARCHAR"}]'),
        lambda tag: (tag.dimension_name, tag.dimension_item)
    )) AS dimensions,
    document.document_type,
    document.document_netvisor_key,
    document.document_number,
    document.customer_netvisor_key,
    customer.customer_name,
    document.supplier_netvisor_key,
    supplier.supplier_name,
    coalesce(line.voucher_date <= lock.accounting_period_lock_date, false) AS is_locked
FROM living.voucher_lines AS line
LEFT JOIN books.dim_account AS account ON account.account_number = line.account_number AND NOT account.is_group
LEFT JOIN books.dim_series AS series ON series.series_netvisor_key = line.voucher_class_netvisor_key
LEFT JOIN books.voucher_document AS document USING (voucher_netvisor_key)
LEFT JOIN books.dim_customer AS customer ON customer.customer_netvisor_key = document.customer_netvisor_key
LEFT JOIN books.dim_supplier AS supplier ON supplier.supplier_netvisor_key = document.supplier_netvisor_key
LEFT JOIN netvisor.period_locks AS lock ON lock.business_id = line.business_id
WHERE line.voucher_status = 'valid'
  -- whether Netvisor returns invalidated lines of a valid voucher is not documented: they would not count
  AND coalesce(line.status, 'valid') = 'valid';

-- One row for each dimension of each posting.
CREATE OR REPLACE TABLE books.posting_dimension AS
SELECT
    posting.voucher_netvisor_key,
    posting.line_netvisor_key,
    tag.entry.key AS dimension_name,
    tag.entry.value AS dimension_item,
    item.dimension_item_netvisor_key
FROM books.fact_posting AS posting, unnest(map_entries(posting.dimensions)) AS tag(entry)
LEFT JOIN books.dim_dimension_item AS item
  ON item.dimension_name = tag.entry.key AND item.dimension_item = tag.entry.value;
