-- Entries that are new, each once, whatever comes again and in whatever order.
WITH given AS (
    SELECT DISTINCT ON (ledger, seq) *
    FROM jsonb_to_recordset($1::text::jsonb) AS entry (
        ledger integer, seq bigint, shop integer, at timestamptz, until timestamptz, kind text, run bigint, source text,
        place text, direction text, track bigint, frame bigint, seconds double precision, confidence double precision,
        staff boolean, id uuid, detail jsonb
    )
    ORDER BY ledger, seq
),
new AS (
    INSERT INTO office.received (ledger, seq, id, again)
    SELECT ledger, seq, id,
        row_number() OVER (PARTITION BY shop, id ORDER BY ledger, seq) > 1
        OR EXISTS (SELECT FROM office.received AS other JOIN office.ledger ON ledger.id = other.ledger
                   WHERE other.id = given.id AND ledger.shop = given.shop)
    FROM given
    ON CONFLICT (ledger, seq) DO NOTHING
    RETURNING ledger, seq, again
),
kept AS (
    INSERT INTO office.entry (ledger, seq, shop, at, until, kind, run, source, place, direction, track, frame, seconds,
        confidence, staff, again, id, detail)
    SELECT ledger, seq, shop, at, until, kind, run, source, place, direction, track, frame, seconds, confidence, staff, again,
        id, detail
    FROM given JOIN new USING (ledger, seq)
    RETURNING shop, ledger, source, place, at, kind, direction, staff, again, detail
)
INSERT INTO office.quarter AS quarter (shop, start, ledger, source, line, entered, "left")
SELECT shop, office.quarter_of(at), ledger, source, place, count(*) FILTER (WHERE direction = 'in'),
    count(*) FILTER (WHERE direction = 'out')
FROM kept WHERE kind = 'crossing' AND NOT staff AND NOT again AND NOT (detail ? 'same_as') GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (shop, start, ledger, source, line) DO UPDATE
SET entered = quarter.entered + excluded.entered, "left" = quarter."left" + excluded."left"
