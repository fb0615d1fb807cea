-- How shops are doing. A zone that PostgreSQL does not know would spoil every view.
UPDATE office.shop SET seen = now(), program = given.program, sources = given.sources,
    zone = coalesce((SELECT name FROM pg_timezone_names WHERE name = given.zone AND given.zone <> shop.zone), shop.zone)
FROM jsonb_to_recordset($1::text::jsonb) AS given (shop integer, program text, zone text, sources jsonb)
WHERE shop.id = given.shop
