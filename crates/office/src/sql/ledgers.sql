-- Where ledgers end, and how much of them the hub has confirmed.
UPDATE office.ledger SET head = greatest(ledger.head, given.head), confirmed = greatest(ledger.confirmed, given.confirmed)
FROM jsonb_to_recordset($1::text::jsonb) AS given (shop integer, ledger uuid, head bigint, confirmed bigint)
WHERE ledger.uid = given.ledger AND ledger.shop = given.shop
