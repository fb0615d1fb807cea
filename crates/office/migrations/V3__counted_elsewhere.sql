-- Passages that several cameras of a shop have seen are counted once: what is counted at another camera says so in its detail
-- (`same_as`), and is in none of these.

CREATE OR REPLACE VIEW report.crossing AS
SELECT shop.name AS shop, entry.source, entry.place AS line, entry.direction, entry.at,
    entry.at AT TIME ZONE shop.zone AS local_at, entry.confidence,
    coalesce(line.role, 'entrance') AS role, coalesce(line.in_total, true) AS in_total,
    entry.ledger, entry.seq, entry.detail
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again AND NOT (entry.detail ? 'same_as');

CREATE OR REPLACE VIEW report.hour AS
SELECT shop.name AS shop, entry.source, entry.place AS line,
    date_trunc('hour', entry.at, shop.zone) AS hour,
    date_trunc('hour', entry.at, shop.zone) AT TIME ZONE shop.zone AS local_hour,
    count(*) FILTER (WHERE entry.direction = 'in') AS entered,
    count(*) FILTER (WHERE entry.direction = 'out') AS "left",
    sum(1 - entry.confidence) AS doubt,
    coalesce(line.role, 'entrance') AS role, coalesce(line.in_total, true) AS in_total
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again AND NOT (entry.detail ? 'same_as')
GROUP BY shop.name, shop.zone, entry.source, entry.place, date_trunc('hour', entry.at, shop.zone), line.role, line.in_total;

CREATE OR REPLACE VIEW report.day AS
SELECT shop.name AS shop, (entry.at AT TIME ZONE shop.zone)::date AS day,
    count(*) FILTER (WHERE entry.direction = 'in') AS entered,
    count(*) FILTER (WHERE entry.direction = 'out') AS "left",
    sum(1 - entry.confidence) AS doubt
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again AND NOT (entry.detail ? 'same_as') AND coalesce(line.in_total, true)
GROUP BY shop.name, (entry.at AT TIME ZONE shop.zone)::date;

CREATE OR REPLACE FUNCTION office.entered(of_shop integer, since timestamptz, before timestamptz)
RETURNS TABLE (entered bigint, "left" bigint) LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE entry.direction = 'in'), count(*) FILTER (WHERE entry.direction = 'out')
    FROM office.entry
    LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
    WHERE entry.shop = of_shop AND entry.kind = 'crossing' AND entry.at >= since AND entry.at < before
    AND NOT entry.staff AND NOT entry.again AND NOT (entry.detail ? 'same_as') AND coalesce(line.in_total, true)
$$;
