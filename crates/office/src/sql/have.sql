-- Between these places everything is here now.
UPDATE office.ledger SET have = ledger.have + given.span, head = greatest(ledger.head, upper(given.span) - 1)
FROM (
    SELECT ledger, range_agg(int8range(after + 1, through + 1)) AS span
    FROM jsonb_to_recordset($1::text::jsonb) AS given (ledger integer, after bigint, through bigint)
    WHERE through > after GROUP BY ledger
) AS given
WHERE ledger.id = given.ledger
