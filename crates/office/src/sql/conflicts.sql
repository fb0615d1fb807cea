-- What came under a name that another entry has.
INSERT INTO office.conflict (ledger, seq, kept, came)
SELECT DISTINCT given.ledger, given.seq, kept.id, given.id
FROM jsonb_to_recordset($1::text::jsonb) AS given (ledger integer, seq bigint, id uuid)
JOIN office.received AS kept USING (ledger, seq)
WHERE kept.id <> given.id
ON CONFLICT DO NOTHING
