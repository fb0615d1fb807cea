-- A line or zone is what it is apart from its name. Entries keep the name that it had when they were written
-- down; these tables say whose name that was, and what that is called now.

-- Lines and zones that have had more than one name.
CREATE TABLE renamed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES source (id),
    kind TEXT NOT NULL CHECK (kind IN ('line', 'zone')),
    name TEXT NOT NULL      -- the newest
) STRICT;

-- Entries of a name behind a place in the sequence, up to the name's next one, are of this line or zone; 0:
-- of one that has had no other name. Names that are not here have always been the same one's.
CREATE TABLE called (
    source INTEGER NOT NULL REFERENCES source (id),
    kind TEXT NOT NULL CHECK (kind IN ('line', 'zone')),
    name TEXT NOT NULL,
    behind INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (source, kind, name, behind)
) STRICT, WITHOUT ROWID;

ALTER TABLE place ADD COLUMN outline TEXT NOT NULL DEFAULT ''; -- its points in pixels, as JSON; '': not known
ALTER TABLE place ADD COLUMN unnamed TEXT;  -- as `config`, of all but the name
ALTER TABLE place ADD COLUMN first TEXT;    -- of a recording: the name that is in its entries' identities; NULL: `name`
ALTER TABLE place ADD COLUMN present INTEGER NOT NULL DEFAULT 0; -- whether it is in the latest drawing

CREATE TABLE spot_of_place (
    id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 1048575),
    source INTEGER NOT NULL REFERENCES source (id),
    kind TEXT NOT NULL CHECK (kind IN ('line', 'zone', 'gap')),
    name TEXT NOT NULL,
    place INTEGER NOT NULL DEFAULT 0,
    -- Over all quarters: entries; and of a line, crossings in and out without those of staff.
    entries INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    "left" INTEGER NOT NULL,
    UNIQUE (source, kind, name, place)
) STRICT;

INSERT INTO spot_of_place (id, source, kind, name, entries, entered, "left")
SELECT id, source, kind, name, entries, entered, "left" FROM spot;
DROP TABLE spot;
ALTER TABLE spot_of_place RENAME TO spot;

-- Spans that somebody has marked: as not counted, or with a note alone. Entries stay as they are.
CREATE TABLE mark (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,        -- when somebody did
    since INTEGER NOT NULL,     -- the span
    until INTEGER NOT NULL,
    source TEXT,                -- by name; NULL: all
    uncounted INTEGER NOT NULL CHECK (uncounted IN (0, 1)),
    note TEXT NOT NULL,
    taken_back INTEGER,         -- when; NULL: in force
    CHECK (since < until)
) STRICT;

-- What the till has sold, beside what was counted.
CREATE TABLE sale (
    till TEXT NOT NULL,
    at INTEGER NOT NULL,
    transactions INTEGER NOT NULL CHECK (transactions >= 0),
    amount REAL,
    PRIMARY KEY (till, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX sale_by_time ON sale (at);

-- For people with the sqlite3 shell: lines and zones as they are called now.
DROP VIEW crossing;
CREATE VIEW crossing AS
SELECT
    event.seq,
    strftime('%Y-%m-%dT%H:%M:%fZ', event.utc / 1e6, 'unixepoch') AS utc,
    source.name AS source,
    coalesce((SELECT renamed.name FROM renamed WHERE renamed.id = (
        SELECT called.place FROM called WHERE called.source = run.source AND called.kind = 'line'
        AND called.name = event.name AND called.behind < event.seq ORDER BY called.behind DESC LIMIT 1
    )), event.name) AS line,
    event.direction,
    event.track,
    event.frame,
    event.detail
FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source
WHERE event.kind = 'crossing';

DROP VIEW visit;
CREATE VIEW visit AS
SELECT
    event.seq,
    strftime('%Y-%m-%dT%H:%M:%fZ', event.utc / 1e6, 'unixepoch') AS entered,
    strftime('%Y-%m-%dT%H:%M:%fZ', event.until / 1e6, 'unixepoch') AS left,
    (event.until - event.utc) / 1e6 AS seconds,
    source.name AS source,
    coalesce((SELECT renamed.name FROM renamed WHERE renamed.id = (
        SELECT called.place FROM called WHERE called.source = run.source AND called.kind = 'zone'
        AND called.name = event.name AND called.behind < event.seq ORDER BY called.behind DESC LIMIT 1
    )), event.name) AS zone,
    event.track,
    event.detail
FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source
WHERE event.kind = 'visit';
