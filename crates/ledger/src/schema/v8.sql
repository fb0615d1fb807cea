-- Who came in together: entries of the kind 'group', with a line's name, direction 'in', the track and frame of the
-- first, when the last came in as `until`, and `{"size":2,"tracks":[4,7]}` as detail.

ALTER TABLE quarter ADD COLUMN companies BLOB NOT NULL DEFAULT x''; -- those whose first came in it

CREATE INDEX quarter_with_companies ON quarter (start) WHERE companies <> x'';

-- For people with the sqlite3 shell.
CREATE VIEW company AS
SELECT
    event.seq,
    strftime('%Y-%m-%dT%H:%M:%fZ', event.utc / 1e6, 'unixepoch') AS utc,
    source.name AS source,
    coalesce((SELECT renamed.name FROM renamed WHERE renamed.id = (
        SELECT called.place FROM called WHERE called.source = run.source AND called.kind = 'line'
        AND called.name = event.name AND called.behind < event.seq ORDER BY called.behind DESC LIMIT 1
    )), event.name) AS line,
    json_extract(event.detail, '$.size') AS size,
    event.detail
FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source
WHERE event.kind = 'group';
