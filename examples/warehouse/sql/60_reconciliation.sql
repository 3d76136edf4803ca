-- What Netvisor says that each account's balance has changed in each month, against the postings in the warehouse.
--
-- Netvisor's documents do not say whether the balance of a profit and loss account starts at zero in a new accounting
-- period or goes on; so in the first month of a period such an account has two possible changes, and the nearer counts.

CREATE OR REPLACE VIEW books.reconciliation AS
WITH reported AS (
    SELECT
        account_netvisor_key,
        date AS month_end,
        balance::DECIMAL(18, 2) AS balance,
        lag(balance::DECIMAL(18, 2)) OVER (PARTITION BY account_netvisor_key ORDER BY date) AS balance_before
    FROM living.account_balances
),
posted AS (
    SELECT account_netvisor_key, last_day(month) AS month_end, sum(amount) AS amount
    FROM books.fact_posting
    GROUP BY ALL
),
compared AS (
    SELECT
        reported.month_end,
        account.account_number,
        account.account_name,
        account.statement,
        reported.balance AS reported_balance,
        reported.balance - reported.balance_before AS change_if_carried_on,
        CASE WHEN account.statement = 'profit and loss' AND month.month = date_trunc('month', month.period_begin)
             THEN reported.balance END AS change_if_begun_anew,
        coalesce(posted.amount, 0) AS posted_change
    FROM reported
    JOIN books.dim_account AS account USING (account_netvisor_key)
    JOIN books.dim_month AS month USING (month_end)
    LEFT JOIN posted USING (account_netvisor_key, month_end)
    -- there is nothing before the first month end to compare with
    WHERE reported.balance_before IS NOT NULL
)
SELECT
    month_end,
    account_number,
    account_name,
    statement,
    reported_balance,
    CASE WHEN abs(change_if_begun_anew - posted_change) < abs(change_if_carried_on - posted_change)
         THEN change_if_begun_anew
         ELSE change_if_carried_on END AS reported_change,
    posted_change,
    reported_change - posted_change AS difference
FROM compared;

CREATE OR REPLACE VIEW books.reconciliation_by_month AS
SELECT
    month_end,
    count(*) AS accounts,
    count(*) FILTER (difference <> 0) AS accounts_that_differ,
    sum(abs(difference)) AS total_difference
FROM books.reconciliation
GROUP BY month_end;
