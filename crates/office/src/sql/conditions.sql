-- Which conditions sources have now, by entries that are new or come again.
INSERT INTO office.condition AS kept (ledger, source, condition, raised, at, run)
SELECT DISTINCT ON (ledger, source, place) ledger, source, place, direction = 'raised', at, run
FROM jsonb_to_recordset($1::text::jsonb) AS entry (ledger integer, seq bigint, at timestamptz, kind text, run bigint,
    source text, place text, direction text)
WHERE kind = 'health' ORDER BY ledger, source, place, seq DESC
ON CONFLICT (ledger, source, condition) DO UPDATE SET raised = excluded.raised, at = excluded.at, run = excluded.run
WHERE (excluded.run, excluded.at) >= (kept.run, kept.at)
