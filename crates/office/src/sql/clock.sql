-- How the clock of the shop's machine went: `$3` is whether nothing newer has been told.
INSERT INTO office.clock (ledger, id, began, until, step, standing)
SELECT $1::integer, id, began, until, step, standing
FROM jsonb_to_recordset($2::text::jsonb) AS clock (id bigint, began timestamptz, until timestamptz,
    step double precision, standing text)
ON CONFLICT (ledger, id) DO UPDATE SET
    until = CASE WHEN $3::boolean THEN excluded.until ELSE clock.until END,
    began = CASE WHEN $3::boolean THEN excluded.began ELSE clock.began END,
    step = CASE WHEN $3::boolean THEN excluded.step ELSE clock.step END,
    standing = CASE WHEN $3::boolean THEN excluded.standing ELSE clock.standing END
