-- What postings are looked at by: accounts, periods, months, series, dimension items, customers, suppliers.

CREATE SCHEMA IF NOT EXISTS books;

-- The day of the last sync in Finland: receivables and payables are aged to this day.
CREATE OR REPLACE TABLE books.warehouse AS
SELECT
    (max(_airbyte_extracted_at) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Helsinki')::DATE AS as_of,
    (SELECT date_trunc('month', min(date))::DATE FROM living.account_balances) AS first_day,
    (SELECT min(date) FROM living.account_balances) AS first_month_end
FROM netvisor.accounts;

-- Accounts with the groups above them, from the top of the chart down. Groups and accounts share one series of keys.
CREATE OR REPLACE TABLE books.dim_account AS
WITH RECURSIVE tree AS (
    SELECT netvisor_key, 1 AS level, [coalesce(name_en, name)] AS path, [netvisor_key] AS path_keys
    FROM netvisor.accounts
    WHERE coalesce(father_netvisor_key, 0) = 0
    UNION ALL
    SELECT child.netvisor_key, tree.level + 1, list_append(tree.path, coalesce(child.name_en, child.name)),
           list_append(tree.path_keys, child.netvisor_key)
    FROM netvisor.accounts AS child
    JOIN tree ON child.father_netvisor_key = tree.netvisor_key
)
SELECT
    account.netvisor_key AS account_netvisor_key,
    account.number AS account_number,
    coalesce(account.name_en, account.name) AS account_name,
    account.name AS account_name_fi,
    account.account_type = 'accountgroup' AS is_group,
    account.is_active,
    CASE WHEN account.is_cumulative THEN 'balance sheet' ELSE 'profit and loss' END AS statement,
    account.is_natural_negative,
    nullif(account.father_netvisor_key, 0) AS group_netvisor_key,
    tree.level,
    tree.path[1] AS top_group,
    -- the group right above the account
    CASE WHEN tree.level > 1 THEN tree.path[tree.level - 1] ELSE tree.path[1] END AS account_group,
    array_to_string(tree.path, ' / ') AS path,
    tree.path_keys,
    account.sort AS sort_order
FROM netvisor.accounts AS account
JOIN tree USING (netvisor_key);

-- Accounting periods with the days up to which the books are locked.
CREATE OR REPLACE TABLE books.dim_period AS
SELECT
    period.netvisor_key AS period_netvisor_key,
    period.name AS period_name,
    period.begin_date,
    period.end_date,
    lock.accounting_period_lock_date,
    lock.vat_period_lock_date,
    lock.purchase_lock_date,
    CASE
        WHEN period.end_date <= lock.accounting_period_lock_date THEN 'locked'
        WHEN period.begin_date <= lock.accounting_period_lock_date THEN 'partly locked'
        ELSE 'open'
    END AS accounting_status
FROM netvisor.accounting_periods AS period
LEFT JOIN netvisor.period_locks AS lock USING (business_id);

-- Every month of every accounting period.
CREATE OR REPLACE TABLE books.dim_month AS
SELECT
    unnest(generate_series(date_trunc('month', begin_date), end_date::TIMESTAMP, INTERVAL 1 MONTH))::DATE AS month,
    last_day(month) AS month_end,
    period_netvisor_key,
    period_name,
    begin_date AS period_begin,
    coalesce(month_end <= accounting_period_lock_date, false) AS accounting_is_locked,
    coalesce(month_end <= vat_period_lock_date, false) AS vat_is_locked,
    coalesce(month_end <= purchase_lock_date, false) AS purchases_are_locked
FROM books.dim_period;

-- Series of vouchers: Netvisor's voucher types.
CREATE OR REPLACE TABLE books.dim_series AS
SELECT netvisor_key AS series_netvisor_key, abbreviation AS series, coalesce(name_en, name) AS series_name
FROM netvisor.voucher_types;

-- Items of dimensions (cost centres, projects, ...), hidden ones too: old postings have them.
CREATE OR REPLACE TABLE books.dim_dimension_item AS
SELECT
    item.netvisor_key AS dimension_item_netvisor_key,
    item.dimension_netvisor_key,
    item.dimension_name,
    item.name AS dimension_item,
    item.code,
    item.label,
    item.level,
    father.name AS father_item,
    item.is_hidden OR item.dimension_is_hidden AS is_hidden,
    item.sort AS sort_order
FROM netvisor.dimension_items AS item
LEFT JOIN netvisor.dimension_items AS father ON father.netvisor_key = nullif(item.father_id, 0);

CREATE OR REPLACE TABLE books.dim_customer AS
SELECT netvisor_key AS customer_netvisor_key, code AS customer_code, name AS customer_name, organisation_identifier
FROM living.customers;

CREATE OR REPLACE TABLE books.dim_supplier AS
SELECT netvisor_key AS supplier_netvisor_key, code AS supplier_code, name AS supplier_name, organization_id, country
FROM living.vendors;
