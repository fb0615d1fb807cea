-- Times are microseconds since 1970-01-01 UTC, unless a name says otherwise.

-- Where frames come from. A recording is known by its content, so that its name may change; a live
-- source is known by its name.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    recorded INTEGER NOT NULL CHECK (recorded IN (0, 1)),
    start INTEGER -- of a recording: when its first frame was taken
) STRICT;

-- One for each time that a program has counted a source.
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    source INTEGER NOT NULL REFERENCES source (id),
    began INTEGER NOT NULL, -- by the machine's clock
    start INTEGER NOT NULL, -- when the source's time was zero
    seen INTEGER,           -- when the latest counted frame was taken
    ended INTEGER,          -- by the machine's clock; NULL: running, or killed
    outcome TEXT,           -- 'done', 'stopped', 'failed'; NULL as ended
    version TEXT NOT NULL,
    config TEXT NOT NULL    -- SHA-256 of everything that decides what is counted
) STRICT;

-- What of a recording has been counted, and how: the same may be counted again and adds nothing.
CREATE TABLE place (
    source INTEGER NOT NULL REFERENCES source (id),
    name TEXT NOT NULL,     -- of a line or zone
    config TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;

-- Everything that has happened. A row is never changed, and goes only by retention or a recount.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- rises in the order of commits; never used twice
    identity BLOB NOT NULL UNIQUE,
    run INTEGER NOT NULL REFERENCES run (id),
    kind TEXT NOT NULL,     -- 'crossing', 'visit', 'health', 'uncounted'
    utc INTEGER NOT NULL,   -- when it happened; of a span: when it began
    until INTEGER,          -- of a span: when it ended
    name TEXT NOT NULL,     -- of a line, a zone, or a condition
    direction TEXT,         -- of a crossing: 'in' or 'out'; of a health change: 'raised' or 'over'
    track INTEGER,
    frame INTEGER,
    time INTEGER NOT NULL,  -- microseconds since the source's start
    detail TEXT NOT NULL    -- JSON object: whatever else is known
) STRICT;

CREATE INDEX event_by_kind_and_time ON event (kind, utc);
CREATE INDEX event_by_run ON event (run);
CREATE INDEX run_by_source ON run (source);

-- Entries that ended before this moment have been removed; one row, or none.
CREATE TABLE expired (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    before INTEGER NOT NULL
) STRICT;

-- How far each publisher has come.
CREATE TABLE cursor (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    moved INTEGER NOT NULL -- when
) STRICT, WITHOUT ROWID;

-- For people with the sqlite3 shell.
CREATE VIEW crossing AS
SELECT
    event.seq,
    strftime('%Y-%m-%dT%H:%M:%fZ', event.utc / 1e6, 'unixepoch') AS utc,
    source.name AS source,
    event.name AS line,
    event.direction,
    event.track,
    event.frame,
    event.detail
FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source
WHERE event.kind = 'crossing';
