-- Lines and zones are told apart: one of each may have the same name. Version 1 put `zone:` before the
-- names of zones.
CREATE TABLE place_by_kind (
    source INTEGER NOT NULL REFERENCES source (id),
    kind TEXT NOT NULL CHECK (kind IN ('line', 'zone')),
    name TEXT NOT NULL,
    config TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (source, kind, name)
) STRICT, WITHOUT ROWID;

INSERT INTO place_by_kind
SELECT
    source,
    iif(substr(name, 1, 5) = 'zone:', 'zone', 'line'),
    iif(substr(name, 1, 5) = 'zone:', substr(name, 6), name),
    config,
    version
FROM place;

DROP TABLE place;
ALTER TABLE place_by_kind RENAME TO place;

-- For people with the sqlite3 shell.
CREATE VIEW visit AS
SELECT
    event.seq,
    strftime('%Y-%m-%dT%H:%M:%fZ', event.utc / 1e6, 'unixepoch') AS entered,
    strftime('%Y-%m-%dT%H:%M:%fZ', event.until / 1e6, 'unixepoch') AS left,
    (event.until - event.utc) / 1e6 AS seconds,
    source.name AS source,
    event.name AS zone,
    event.track,
    event.detail
FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source
WHERE event.kind = 'visit';
