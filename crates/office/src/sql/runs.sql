-- Runs of a ledger, as far as anybody has ever told of them.
INSERT INTO office.run (ledger, id, source, recorded, began, start, seen, ended, outcome, program, config)
SELECT $1::integer, id, source, recorded, began, start, seen, ended, outcome, program, config
FROM jsonb_to_recordset($2::text::jsonb) AS run (id bigint, source text, recorded boolean, began timestamptz,
    start timestamptz, seen timestamptz, ended timestamptz, outcome text, program text, config text)
ON CONFLICT (ledger, id) DO UPDATE SET seen = greatest(run.seen, excluded.seen),
    ended = coalesce(run.ended, excluded.ended), outcome = coalesce(run.outcome, excluded.outcome)
