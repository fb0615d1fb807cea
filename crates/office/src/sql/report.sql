-- What passed in some time, by shop and period of its own calendar. `$1`: one shop; `$2`, `$3`: the first and the last day;
-- `$4`: the period; `$5`: `shop`, `source` or `line`. Who is inside begins at nobody every midnight, and is never below.
WITH span AS (
    SELECT id, name, zone, coalesce($2::text::timestamp AT TIME ZONE zone, '-infinity') AS since,
        coalesce(($3::text::timestamp + interval '1 day') AT TIME ZONE zone, 'infinity') AS before
    FROM office.shop WHERE $1::text IS NULL OR name = $1
),
passed AS (
    SELECT span.id AS shop, span.zone, entry.at, entry.ledger, entry.seq, entry.direction, 1 - coalesce(entry.confidence, 1) AS doubt,
        office.hidden(entry.detail) AS hidden, entry.staff, entry.detail ? 'same_as' AS twice,
        CASE WHEN $5::text <> 'shop' THEN entry.source END AS source, CASE WHEN $5 = 'line' THEN entry.place END AS line
    FROM span JOIN office.entry ON entry.shop = span.id AND entry.at >= span.since AND entry.at < span.before
    LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
    WHERE entry.kind = 'crossing' AND NOT entry.again AND ($5 = 'line' OR coalesce(line.in_total, true))
),
summed AS (
    SELECT *, sum(CASE WHEN staff OR twice THEN 0 WHEN direction = 'in' THEN 1 ELSE -1 END) OVER day AS net FROM passed
    WINDOW day AS (PARTITION BY shop, source, line, date_trunc('day', at, zone) ORDER BY at, ledger, seq)
),
floored AS (
    SELECT *, least(min(net) OVER day, 0) AS below FROM summed
    WINDOW day AS (PARTITION BY shop, source, line, date_trunc('day', at, zone) ORDER BY at, ledger, seq)
),
walked AS (
    SELECT *, coalesce(lag(below) OVER day, 0) - below AS unseen FROM floored
    WINDOW day AS (PARTITION BY shop, source, line, date_trunc('day', at, zone) ORDER BY at, ledger, seq)
),
sums AS (
    SELECT shop, source, line, date_trunc($4::text, at, zone) AS start,
        count(*) FILTER (WHERE direction = 'in' AND NOT staff AND NOT twice) AS entered,
        count(*) FILTER (WHERE direction = 'out' AND NOT staff AND NOT twice) AS "left",
        coalesce(sum(doubt) FILTER (WHERE direction = 'in' AND NOT staff AND NOT twice), 0) AS entered_doubt,
        coalesce(sum(doubt) FILTER (WHERE direction = 'out' AND NOT staff AND NOT twice), 0) AS left_doubt,
        coalesce(sum(hidden) FILTER (WHERE direction = 'in' AND NOT staff AND NOT twice), 0) AS entered_hidden,
        coalesce(sum(hidden) FILTER (WHERE direction = 'out' AND NOT staff AND NOT twice), 0) AS left_hidden,
        count(*) FILTER (WHERE staff) AS staff, count(*) FILTER (WHERE twice) AS twice,
        max(net - below) AS peak, sum(unseen) AS came_unseen,
        (array_agg(net - below ORDER BY at DESC, ledger DESC, seq DESC))[1] AS inside
    FROM walked GROUP BY shop, source, line, start
),
stays AS (
    SELECT span.id AS shop, CASE WHEN $5 <> 'shop' THEN entry.source END AS source, date_trunc($4, entry.at, span.zone) AS start,
        count(*) AS visits, coalesce(sum(extract(epoch FROM entry.until - entry.at)), 0)::double precision AS seconds
    FROM span JOIN office.entry ON entry.shop = span.id AND entry.at >= span.since AND entry.at < span.before
    WHERE entry.kind = 'visit' AND NOT entry.again AND $5 <> 'line' GROUP BY 1, 2, 3
),
gone AS (
    SELECT span.id AS shop, CASE WHEN $5 <> 'shop' THEN entry.source END AS source,
        range_agg(tstzrange(greatest(entry.at, span.since), least(entry.until, span.before))) AS spans
    FROM span JOIN office.entry ON entry.shop = span.id AND entry.at < span.before AND entry.until > span.since
    WHERE entry.kind = 'uncounted' AND entry.until > entry.at AND NOT entry.again GROUP BY span.id, 2
)
SELECT coalesce(jsonb_agg(to_jsonb(told) ORDER BY told.shop), '[]')::text FROM (
    SELECT span.name AS shop, span.zone,
        (SELECT coalesce(jsonb_agg(to_jsonb(sums) ORDER BY source, line, start), '[]') FROM sums WHERE sums.shop = span.id) AS sums,
        (SELECT coalesce(jsonb_agg(to_jsonb(stays) ORDER BY source, start), '[]') FROM stays WHERE stays.shop = span.id) AS stays,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('source', source, 'from', lower(one), 'to', upper(one)) ORDER BY source, one), '[]')
         FROM gone, unnest(gone.spans) AS one WHERE gone.shop = span.id) AS gone
    FROM span
) AS told
