-- All shops on one page, each by its own clock. `$1`: one of them alone.
SELECT coalesce(jsonb_agg(to_jsonb(told) ORDER BY told.shop), '[]')::text
FROM (
    SELECT own.name AS shop, own.zone, own.seen, own.program AS version, own.sources,
        own.seen IS NULL OR own.seen < now() - interval '2 minutes' AS silent,
        of_today.entered AS entered_today, of_today."left" AS left_today,
        before.entered AS entered_week_ago, before."left" AS left_week_ago,
        told.gaps, told.losses, told.conflicts, told.behind
    FROM office.shop AS own
    JOIN report.shop AS told ON told.shop = own.name
    CROSS JOIN LATERAL (SELECT date_trunc('day', now(), own.zone) AS begins) AS today
    CROSS JOIN LATERAL office.entered(own.id, today.begins, now()) AS of_today
    CROSS JOIN LATERAL office.entered(own.id, office.week_before(today.begins, own.zone), office.week_before(now(), own.zone))
        AS before
    WHERE $1::text IS NULL OR own.name = $1
) AS told
