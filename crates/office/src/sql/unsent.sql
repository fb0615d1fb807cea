-- The newest edit for each machine that the hub does not have.
SELECT edit.ledger, shop.name, replace(ledger.uid::text, '-', ''), edit.number, edit.based_on, edit.settings::text
FROM office.edit JOIN office.ledger ON ledger.id = edit.ledger JOIN office.shop ON shop.id = ledger.shop
WHERE edit.sent IS NULL AND edit.answered IS NULL ORDER BY edit.ledger, edit.number
