-- What is meant to be read: by a BI tool, a spreadsheet, psql. Times without a zone are the shop's own.

CREATE SCHEMA report;

CREATE VIEW report.shop AS
SELECT shop.name AS shop, shop.zone, shop.seen, shop.program AS version,
    (SELECT count(*) FROM office.gap JOIN office.ledger ON ledger.id = gap.ledger
     WHERE ledger.shop = shop.id AND gap.closed IS NULL) AS gaps,
    (SELECT count(*) FROM office.gap JOIN office.ledger ON ledger.id = gap.ledger
     WHERE ledger.shop = shop.id AND gap.closed IS NOT NULL AND gap.lost IS NOT NULL) AS losses,
    (SELECT count(*) FROM office.conflict JOIN office.ledger ON ledger.id = conflict.ledger
     WHERE ledger.shop = shop.id) AS conflicts,
    (SELECT coalesce(sum(greatest(ledger.head - coalesce(upper(ledger.have) - 1, 0), 0)), 0)::bigint
     FROM office.ledger WHERE ledger.shop = shop.id) AS behind
FROM office.shop;

CREATE VIEW report.gap AS
SELECT shop.name AS shop, replace(ledger.uid::text, '-', '') AS ledger, lower(gap.span) AS first, upper(gap.span) - 1 AS last,
    gap.found, gap.asked, gap.asked_at, gap.closed, gap.lost
FROM office.gap JOIN office.ledger ON ledger.id = gap.ledger JOIN office.shop ON shop.id = ledger.shop;

-- Every crossing that somebody made who does not work there. `in_total`: whether it is in the totals of its shop.
CREATE VIEW report.crossing AS
SELECT shop.name AS shop, entry.source, entry.place AS line, entry.direction, entry.at,
    entry.at AT TIME ZONE shop.zone AS local_at, entry.confidence,
    coalesce(line.role, 'entrance') AS role, coalesce(line.in_total, true) AS in_total,
    entry.ledger, entry.seq, entry.detail
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again;

-- Crossings by shop, line and hour of the clock on the shop's wall. `doubt`: how many of them are expected not to have
-- taken place.
CREATE VIEW report.hour AS
SELECT shop.name AS shop, entry.source, entry.place AS line,
    date_trunc('hour', entry.at, shop.zone) AS hour,
    date_trunc('hour', entry.at, shop.zone) AT TIME ZONE shop.zone AS local_hour,
    count(*) FILTER (WHERE entry.direction = 'in') AS entered,
    count(*) FILTER (WHERE entry.direction = 'out') AS "left",
    sum(1 - entry.confidence) AS doubt,
    coalesce(line.role, 'entrance') AS role, coalesce(line.in_total, true) AS in_total
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again
GROUP BY shop.name, shop.zone, entry.source, entry.place, date_trunc('hour', entry.at, shop.zone), line.role, line.in_total;

-- Who came in and left, by shop and day of the shop's calendar: lines that are in its totals.
CREATE VIEW report.day AS
SELECT shop.name AS shop, (entry.at AT TIME ZONE shop.zone)::date AS day,
    count(*) FILTER (WHERE entry.direction = 'in') AS entered,
    count(*) FILTER (WHERE entry.direction = 'out') AS "left",
    sum(1 - entry.confidence) AS doubt
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again AND coalesce(line.in_total, true)
GROUP BY shop.name, (entry.at AT TIME ZONE shop.zone)::date;

-- Stays in zones, by the hour in which they began.
CREATE VIEW report.visit_hour AS
SELECT shop.name AS shop, entry.source, entry.place AS zone,
    date_trunc('hour', entry.at, shop.zone) AS hour,
    date_trunc('hour', entry.at, shop.zone) AT TIME ZONE shop.zone AS local_hour,
    count(*) AS visits,
    avg(extract(epoch FROM entry.until - entry.at))::double precision AS mean_seconds
FROM office.entry JOIN office.shop ON shop.id = entry.shop
WHERE entry.kind = 'visit' AND NOT entry.again
GROUP BY shop.name, shop.zone, entry.source, entry.place, date_trunc('hour', entry.at, shop.zone);

-- For how long nobody counted, by source and hour. Spans that overlap count once.
CREATE VIEW report.uncounted_hour AS
WITH span AS (
    SELECT shop, source, unnest(range_agg(tstzrange(at, until))) AS span
    FROM office.entry WHERE kind = 'uncounted' AND until > at AND NOT again GROUP BY shop, source
)
SELECT shop.name AS shop, span.source, hour, hour AT TIME ZONE shop.zone AS local_hour,
    sum(extract(epoch FROM least(upper(span.span), hour + interval '1 hour') - greatest(lower(span.span), hour)))
        ::double precision AS seconds
FROM span JOIN office.shop ON shop.id = span.shop
CROSS JOIN LATERAL generate_series(date_trunc('hour', lower(span.span), shop.zone), upper(span.span), interval '1 hour') AS hour
WHERE hour < upper(span.span)
GROUP BY shop.name, shop.zone, span.source, hour;

-- What a camera's conditions were, and are.
CREATE VIEW report.health AS
SELECT shop.name AS shop, entry.source, entry.place AS condition, entry.direction = 'raised' AS raised, entry.at,
    entry.at AT TIME ZONE shop.zone AS local_at, entry.detail
FROM office.entry JOIN office.shop ON shop.id = entry.shop
WHERE entry.kind = 'health' AND NOT entry.again;

-- Who came in and left a shop in some time: lines that are in its totals.
CREATE FUNCTION office.entered(of_shop integer, since timestamptz, before timestamptz)
RETURNS TABLE (entered bigint, "left" bigint) LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE entry.direction = 'in'), count(*) FILTER (WHERE entry.direction = 'out')
    FROM office.entry
    LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
    WHERE entry.shop = of_shop AND entry.kind = 'crossing' AND entry.at >= since AND entry.at < before
    AND NOT entry.staff AND NOT entry.again AND coalesce(line.in_total, true)
$$;

-- The same time of the clock on the wall, a week before.
CREATE FUNCTION office.week_before(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT (at AT TIME ZONE zone - interval '7 days') AT TIME ZONE zone
$$;
