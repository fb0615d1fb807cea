-- Adds what is new, and makes it, or what was there, the newest of its name.
WITH came AS (
    SELECT * FROM jsonb_to_recordset($1::text::jsonb)
        AS came (name text, place text, version text, bytes bigint, modified timestamptz)
), replaced AS (
    UPDATE archive.job SET current = false FROM came
    WHERE job.name = came.name AND current AND NOT (job.version = came.version AND job.settings = $2)
    RETURNING job.id
), again AS (
    UPDATE archive.job SET place = came.place,
        sent = CASE WHEN NOT current AND state IN ('queued', 'counting') THEN sent + 1 ELSE sent END
    FROM came WHERE job.name = came.name AND job.version = came.version AND job.settings = $2
    RETURNING job.id, NOT current AS back
), added AS (
    INSERT INTO archive.job (name, place, version, bytes, modified, settings, sent)
    SELECT name, place, version, bytes, modified, $2, 1 FROM came
    ON CONFLICT (name, version, settings) DO NOTHING RETURNING id
)
SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM again WHERE NOT back), (SELECT count(*) FROM again WHERE back),
    (SELECT count(*) FROM replaced)
