-- The newest taking of a job; nothing where it is done, given up, replaced, or somebody was heard of it lately. A time
-- that is long still to come is one of before the database's clock was set back.
WITH taken AS (
    UPDATE archive.job SET token = token + 1, tries = tries + 1, state = 'counting', worker = $2, taken = now(),
        seen = now(), frames = NULL, of_frames = NULL
    WHERE id = $1 AND current AND sent = $3 AND tries < $4
        AND (state = 'queued' OR state = 'counting' AND NOT seen BETWEEN now() - $5::double precision * interval '1 second'
            AND now() + $5::double precision * interval '1 second')
    RETURNING id, token, tries, name, place, version, bytes, modified, settings
), lost AS (
    UPDATE archive.attempt SET outcome = 'gone', ended = now()
    FROM taken WHERE attempt.job = taken.id AND outcome IS NULL
), attempt AS (
    INSERT INTO archive.attempt (job, token, worker) SELECT id, token, $2 FROM taken
)
SELECT taken.token, taken.tries, taken.name, taken.place, taken.version, taken.bytes,
    to_char(taken.modified AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), settings.id, settings.digest,
    settings.configuration, settings.options::text, settings.networks::text
FROM taken JOIN archive.settings ON settings.id = taken.settings
