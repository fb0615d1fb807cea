-- What the machines of a shop have in force, and what has come of edits: `$1` is the shop, `$2` whether edits can be made.
SELECT jsonb_build_object('editable', $2::boolean, 'machines', coalesce((
    SELECT jsonb_agg(to_jsonb(row) ORDER BY row.ledger) FROM (
        SELECT replace(ledger.uid::text, '-', '') AS ledger, setting.digest, setting.settings, setting.told,
            (SELECT coalesce(jsonb_agg(to_jsonb(edit) ORDER BY edit.number DESC), '[]') FROM (
                SELECT number, based_on, settings, edited_by, at, sent, answered, taken, coalesce(words, '') AS words
                FROM office.edit WHERE edit.ledger = ledger.id ORDER BY number DESC LIMIT 20) AS edit) AS edits,
            (SELECT coalesce(jsonb_agg(to_jsonb(message) ORDER BY message.at DESC), '[]') FROM (
                SELECT at, reason FROM office.distrusted WHERE distrusted.ledger = ledger.id
                ORDER BY at DESC LIMIT 20) AS message) AS distrusted
        FROM office.setting JOIN office.ledger ON ledger.id = setting.ledger WHERE ledger.shop = own.id
    ) AS row), '[]'))::text
FROM office.shop AS own WHERE own.name = $1
