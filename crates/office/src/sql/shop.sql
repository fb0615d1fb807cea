-- What stands behind one shop: `$1`.
SELECT jsonb_build_object(
    'hours', (
        SELECT coalesce(jsonb_agg(to_jsonb(row) ORDER BY row.hour, row.source, row.line), '[]') FROM (
            SELECT hour, source, line, entered, "left", entered_none, entered_hidden, left_none, left_hidden, role, in_total
            FROM report.hour
            WHERE shop = own.name AND hour >= date_trunc('day', now(), own.zone)
        ) AS row
    ),
    'days', (
        SELECT coalesce(jsonb_agg(to_jsonb(row) ORDER BY row.day), '[]') FROM (
            SELECT day, entered, "left", entered_none, entered_hidden, left_none, left_hidden FROM report.day
            WHERE shop = own.name AND day > (now() AT TIME ZONE own.zone)::date - 29
            AND day <= (now() AT TIME ZONE own.zone)::date
        ) AS row
    ),
    'uncounted', (
        SELECT coalesce(jsonb_agg(to_jsonb(row) ORDER BY row.hour, row.source), '[]') FROM (
            SELECT hour, source, seconds FROM report.uncounted_hour
            WHERE shop = own.name AND hour >= date_trunc('day', now(), own.zone)
        ) AS row
    ),
    'ledgers', (
        SELECT coalesce(jsonb_agg(to_jsonb(row) ORDER BY row.ledger), '[]') FROM (
            SELECT replace(uid::text, '-', '') AS ledger, coalesce(upper(have) - 1, 0) AS last, head, confirmed,
                (SELECT max(coalesce(run.seen, run.began)) FROM office.run WHERE run.ledger = ledger.id) AS counted_until
            FROM office.ledger WHERE shop = own.id
        ) AS row
    ),
    'gaps', (
        SELECT coalesce(jsonb_agg(to_jsonb(row) ORDER BY row.found DESC), '[]') FROM (
            SELECT ledger, first, last, found, asked, asked_at, closed, lost FROM report.gap
            WHERE shop = own.name AND (closed IS NULL OR lost IS NOT NULL) ORDER BY found DESC LIMIT 100
        ) AS row
    )
)::text
FROM office.shop AS own WHERE own.name = $1
