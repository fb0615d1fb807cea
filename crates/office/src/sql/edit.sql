-- An edit by `$4`, unless the machine has something else in force by now than what it was made from (`$2`); gives its number.
WITH machine AS (
    SELECT ledger.id, setting.answered FROM office.ledger JOIN office.shop ON shop.id = ledger.shop
    JOIN office.setting ON setting.ledger = ledger.id
    WHERE shop.name = $5::text AND ledger.uid = $1::text::uuid AND setting.digest = $2::text
    FOR UPDATE OF ledger
),
before AS (
    UPDATE office.edit SET answered = now(), taken = false, words = 'a later edit came instead'
    FROM machine WHERE edit.ledger = machine.id AND edit.answered IS NULL
)
INSERT INTO office.edit (ledger, number, based_on, settings, edited_by)
SELECT machine.id, 1 + greatest(machine.answered,
        (SELECT coalesce(max(number), 0) FROM office.edit WHERE edit.ledger = machine.id)), $2::text, $3::text::jsonb, $4::text
FROM machine
RETURNING number
