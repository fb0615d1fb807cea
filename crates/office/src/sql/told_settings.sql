-- What is in force at a machine, and how it has answered; `$4` is the number of the last edit that it answered.
INSERT INTO office.setting (ledger, digest, settings, answered) VALUES ($1::integer, $2::text, $3::text::jsonb, $4::bigint)
ON CONFLICT (ledger) DO UPDATE SET digest = excluded.digest, settings = excluded.settings, answered = excluded.answered,
    told = now()
