-- Spans of each ledger that are missing between what is here, or that must be here by now.
SELECT id, lower(span), upper(span) - 1
FROM office.ledger,
    unnest(int8multirange(int8range(1, greatest(coalesce(upper(have), 1), expected + 1))) - have) AS span
ORDER BY id, span
