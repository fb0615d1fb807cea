-- Why some of what was asked for is missing for good.
UPDATE office.gap SET lost = given.lost
FROM jsonb_to_recordset($1::text::jsonb) AS given (ledger integer, after bigint, through bigint, lost text)
WHERE gap.ledger = given.ledger AND gap.closed IS NULL AND given.lost IS NOT NULL
AND gap.span && int8range(given.after + 1, given.through + 1)
