-- Profit and loss by month and by cost centre, and the balance sheet at each month end.
-- Here income is positive and costs are negative; in the balance sheet assets are positive.

CREATE OR REPLACE VIEW books.profit_and_loss_by_month AS
SELECT
    posting.month,
    account.top_group,
    account.account_group,
    account.account_number,
    account.account_name,
    min(account.sort_order) AS sort_order,
    -sum(posting.amount) AS amount
FROM books.fact_posting AS posting
JOIN books.dim_account AS account USING (account_netvisor_key)
CROSS JOIN books.warehouse AS warehouse
-- an older voucher comes along when it is changed; its month is not complete, so it is left out
WHERE account.statement = 'profit and loss' AND posting.posting_date >= warehouse.first_day
GROUP BY ALL;

CREATE OR REPLACE VIEW books.result_by_month AS
SELECT month, sum(amount) AS result
FROM books.profit_and_loss_by_month
GROUP BY month;

-- For every dimension alike; postings without an item stand under '(none)', so each dimension adds up to the whole.
CREATE OR REPLACE VIEW books.profit_and_loss_by_dimension AS
SELECT
    dimension.dimension_name,
    coalesce(tag.dimension_item, '(none)') AS dimension_item,
    posting.month,
    account.account_group,
    account.account_number,
    account.account_name,
    min(account.sort_order) AS sort_order,
    -sum(posting.amount) AS amount
FROM books.fact_posting AS posting
JOIN books.dim_account AS account USING (account_netvisor_key)
CROSS JOIN books.warehouse AS warehouse
CROSS JOIN (SELECT name AS dimension_name FROM netvisor.dimensions) AS dimension
LEFT JOIN books.posting_dimension AS tag
  ON tag.voucher_netvisor_key = posting.voucher_netvisor_key
 AND tag.line_netvisor_key = posting.line_netvisor_key
 AND tag.dimension_name = dimension.dimension_name
WHERE account.statement = 'profit and loss' AND posting.posting_date >= warehouse.first_day
GROUP BY ALL;

-- The dimension's name is the company's own choice: write yours here.
CREATE OR REPLACE VIEW books.profit_and_loss_by_cost_centre AS
SELECT dimension_item AS cost_centre, month, account_group, account_number, account_name, sort_order, amount
FROM books.profit_and_loss_by_dimension
WHERE dimension_name = 'Kustannuspaikka';

-- Balances at each month end: Netvisor's own at the first one, and the postings since.
CREATE OR REPLACE VIEW books.balance_by_month AS
SELECT
    month.month_end,
    month.month,
    month.period_begin,
    account.account_netvisor_key,
    account.account_number,
    account.statement,
    opening.balance::DECIMAL(18, 2) + coalesce(sum(posting.amount), 0) AS balance
FROM (SELECT DISTINCT date AS month_end FROM living.account_balances) AS reported
JOIN books.dim_month AS month USING (month_end)
CROSS JOIN books.warehouse AS warehouse
JOIN living.account_balances AS opening ON opening.date = warehouse.first_month_end
JOIN books.dim_account AS account USING (account_netvisor_key)
LEFT JOIN books.fact_posting AS posting
  ON posting.account_netvisor_key = account.account_netvisor_key
 AND posting.posting_date > warehouse.first_month_end
 AND posting.posting_date <= month.month_end
GROUP BY month.month_end, month.month, month.period_begin, account.account_netvisor_key, account.account_number,
         account.statement, opening.balance;

-- The accounts of the balance sheet, and the result that no account holds yet.
CREATE OR REPLACE VIEW books.balance_sheet AS
SELECT
    balance.month_end,
    account.top_group,
    account.account_group,
    account.account_number,
    account.account_name,
    account.sort_order,
    balance.balance
FROM books.balance_by_month AS balance
JOIN books.dim_account AS account USING (account_netvisor_key)
WHERE account.statement = 'balance sheet'
UNION ALL
SELECT
    month.month_end,
    'Result',
    CASE WHEN result.month >= month.period_begin
         THEN 'Result of the accounting period'
         ELSE 'Result of earlier periods, not transferred' END AS account_group,
    NULL,
    NULL,
    NULL,
    -sum(result.result)
FROM (SELECT DISTINCT month_end, period_begin FROM books.balance_by_month) AS month
JOIN books.result_by_month AS result ON result.month <= month.month_end
GROUP BY 1, 2, 3;

-- Assets, liabilities and results cancel out, if the warehouse begins with an accounting period.
CREATE OR REPLACE VIEW books.balance_sheet_check AS
SELECT month_end, sum(balance) AS difference
FROM books.balance_sheet
GROUP BY month_end;
