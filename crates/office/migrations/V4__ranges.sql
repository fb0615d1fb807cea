-- How far counts are in doubt, by direction: how many of those who were counted are expected to be nobody (`_none`), and
-- how many who passed to have been missed (`_hidden`). Crossings say so of themselves; those of older programs do not, and
-- one in ten is expected to have been missed.

CREATE FUNCTION office.hidden(detail jsonb) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(detail -> 'hidden') = 'number' THEN (detail ->> 'hidden')::double precision ELSE 0.1 END
$$;

CREATE OR REPLACE VIEW report.hour AS
SELECT shop.name AS shop, entry.source, entry.place AS line,
    date_trunc('hour', entry.at, shop.zone) AS hour,
    date_trunc('hour', entry.at, shop.zone) AT TIME ZONE shop.zone AS local_hour,
    count(*) FILTER (WHERE entry.direction = 'in') AS entered,
    count(*) FILTER (WHERE entry.direction = 'out') AS "left",
    sum(1 - entry.confidence) AS doubt,
    coalesce(line.role, 'entrance') AS role, coalesce(line.in_total, true) AS in_total,
    coalesce(sum(1 - entry.confidence) FILTER (WHERE entry.direction = 'in'), 0) AS entered_none,
    coalesce(sum(office.hidden(entry.detail)) FILTER (WHERE entry.direction = 'in'), 0) AS entered_hidden,
    coalesce(sum(1 - entry.confidence) FILTER (WHERE entry.direction = 'out'), 0) AS left_none,
    coalesce(sum(office.hidden(entry.detail)) FILTER (WHERE entry.direction = 'out'), 0) AS left_hidden
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again AND NOT (entry.detail ? 'same_as')
GROUP BY shop.name, shop.zone, entry.source, entry.place, date_trunc('hour', entry.at, shop.zone), line.role, line.in_total;

CREATE OR REPLACE VIEW report.day AS
SELECT shop.name AS shop, (entry.at AT TIME ZONE shop.zone)::date AS day,
    count(*) FILTER (WHERE entry.direction = 'in') AS entered,
    count(*) FILTER (WHERE entry.direction = 'out') AS "left",
    sum(1 - entry.confidence) AS doubt,
    coalesce(sum(1 - entry.confidence) FILTER (WHERE entry.direction = 'in'), 0) AS entered_none,
    coalesce(sum(office.hidden(entry.detail)) FILTER (WHERE entry.direction = 'in'), 0) AS entered_hidden,
    coalesce(sum(1 - entry.confidence) FILTER (WHERE entry.direction = 'out'), 0) AS left_none,
    coalesce(sum(office.hidden(entry.detail)) FILTER (WHERE entry.direction = 'out'), 0) AS left_hidden
FROM office.entry JOIN office.shop ON shop.id = entry.shop
LEFT JOIN office.line ON line.ledger = entry.ledger AND line.source = entry.source AND line.line = entry.place
WHERE entry.kind = 'crossing' AND NOT entry.staff AND NOT entry.again AND NOT (entry.detail ? 'same_as') AND coalesce(line.in_total, true)
GROUP BY shop.name, (entry.at AT TIME ZONE shop.zone)::date;
