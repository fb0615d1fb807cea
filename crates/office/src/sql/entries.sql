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
)
INSERT INTO office.entry (ledger, seq, shop, at, until, kind, run, source, place, direction, track, frame, seconds,
    confidence, staff, again, id, detail)
SELECT ledger, seq, shop, at, until, kind, run, source, place, direction, track, frame, seconds, confidence, staff, again,
    id, detail
FROM given JOIN new USING (ledger, seq)
