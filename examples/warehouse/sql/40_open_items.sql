-- What customers owe and what suppliers are owed, by age, on the day of the last sync.

CREATE OR REPLACE MACRO books.age_group(days_overdue) AS
    CASE
        WHEN days_overdue IS NULL OR days_overdue <= 0 THEN '0 not due'
        WHEN days_overdue <= 30 THEN '1-30 days'
        WHEN days_overdue <= 60 THEN '31-60 days'
        WHEN days_overdue <= 90 THEN '61-90 days'
        ELSE 'over 90 days'
    END;

CREATE OR REPLACE TABLE books.open_receivables AS
SELECT
    invoice.netvisor_key AS invoice_netvisor_key,
    invoice.invoice_number,
    invoice.customer_netvisor_key,
    coalesce(customer.customer_name, invoice.customer_name) AS customer_name,
    invoice.invoice_date,
    invoice.invoice_due_date AS due_date,
    invoice.invoice_status,
    invoice.invoice_sum::DECIMAL(18, 2) AS invoice_sum,
    -- Netvisor lists an invoice again when a payment changes, so its own open sum is up to date
    invoice.open_sum::DECIMAL(18, 2) AS open_sum,
    greatest(date_diff('day', invoice.invoice_due_date, warehouse.as_of), 0) AS days_overdue,
    books.age_group(date_diff('day', invoice.invoice_due_date, warehouse.as_of)) AS age_group
FROM living.sales_invoices AS invoice
CROSS JOIN books.warehouse AS warehouse
LEFT JOIN books.dim_customer AS customer USING (customer_netvisor_key)
WHERE invoice.open_sum <> 0;

CREATE OR REPLACE VIEW books.receivables_by_age AS
SELECT customer_netvisor_key, customer_name, age_group, count(*) AS invoices, sum(open_sum) AS open_sum
FROM books.open_receivables
GROUP BY ALL;

-- A payment does not change its purchase invoice, so the paid amount that the invoice was read with may be old: what is
-- open is the invoice less the payments that live now.
CREATE OR REPLACE TABLE books.open_payables AS
WITH paid AS (
    SELECT invoice_key, sum(home_currency_sum) AS paid
    FROM living.purchase_payments
    GROUP BY invoice_key
)
SELECT
    invoice.netvisor_key AS invoice_netvisor_key,
    invoice.purchase_invoice_number AS invoice_number,
    invoice.vendor_netvisor_key AS supplier_netvisor_key,
    coalesce(supplier.supplier_name, invoice.vendor_name) AS supplier_name,
    invoice.purchase_invoice_date AS invoice_date,
    invoice.purchase_invoice_due_date AS due_date,
    invoice.approval_status,
    invoice.purchase_invoice_amount::DECIMAL(18, 2) AS invoice_sum,
    (invoice.purchase_invoice_amount - coalesce(paid.paid, 0))::DECIMAL(18, 2) AS open_sum,
    greatest(date_diff('day', invoice.purchase_invoice_due_date, warehouse.as_of), 0) AS days_overdue,
    books.age_group(date_diff('day', invoice.purchase_invoice_due_date, warehouse.as_of)) AS age_group
FROM living.purchase_invoices AS invoice
CROSS JOIN books.warehouse AS warehouse
LEFT JOIN paid ON paid.invoice_key = invoice.netvisor_key
LEFT JOIN books.dim_supplier AS supplier ON supplier.supplier_netvisor_key = invoice.vendor_netvisor_key
WHERE invoice.purchase_invoice_amount - coalesce(paid.paid, 0) <> 0;

CREATE OR REPLACE VIEW books.payables_by_age AS
SELECT supplier_netvisor_key, supplier_name, age_group, count(*) AS invoices, sum(open_sum) AS open_sum
FROM books.open_payables
GROUP BY ALL;
