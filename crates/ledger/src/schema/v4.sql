-- Reading costs what is read, however long the ledger is: indices for every question that is asked again
-- and again, and the counts of each quarter of an hour beside its entries.

-- Of a crossing, whether somebody passed who works there: told to nobody, and in no count of visitors.
ALTER TABLE event ADD COLUMN staff INTEGER
    GENERATED ALWAYS AS (iif(json_valid(detail), json_extract(detail, '$.staff') IS NOT NULL, 0)) VIRTUAL;

DROP INDEX event_by_run;
CREATE INDEX event_by_run ON event (run, utc);
CREATE INDEX event_by_run_and_end ON event (run, until) WHERE until IS NOT NULL;
CREATE INDEX health_by_run ON event (run, name) WHERE kind = 'health';
CREATE INDEX crossing_in_order ON event (seq, utc) WHERE kind = 'crossing' AND NOT staff;
-- Longer than a day: what is under way at some moment began at most a day before it, or is one of these.
CREATE INDEX long_gap ON event (utc) WHERE kind = 'uncounted' AND until - utc > 86400000000;

-- What quarters speak of, by number: a source's line, its zone, or its reason for not being counted.
CREATE TABLE spot (
    id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 1048575),
    source INTEGER NOT NULL REFERENCES source (id),
    kind TEXT NOT NULL CHECK (kind IN ('line', 'zone', 'gap')),
    name TEXT NOT NULL,
    -- Over all quarters: entries; and of a line, crossings in and out without those of staff.
    entries INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    "left" INTEGER NOT NULL,
    UNIQUE (source, kind, name)
) STRICT;

-- The entries of a quarter of an hour, as far as they are counted: in order of time, 16 bytes for each
-- (crates/ledger/src/quarters/mark.rs). No zone of time parts its hours elsewhere than between quarters.
CREATE TABLE quarter (
    start INTEGER PRIMARY KEY CHECK (start % 900000000 = 0),
    first INTEGER,          -- of the crossings without those of staff: the least `seq`, and the greatest
    last INTEGER,
    comings INTEGER NOT NULL CHECK (comings IN (0, 1)), -- whether any crossing tells which coming it was
    crossings BLOB NOT NULL,
    visits BLOB NOT NULL,   -- those that began in it
    gaps BLOB NOT NULL      -- likewise
) STRICT;

CREATE INDEX quarter_with_comings ON quarter (start) WHERE comings;
CREATE INDEX quarter_places ON quarter (start, first, last);

-- Quarters whose entries have changed since they were summed up: their entries are read instead.
CREATE TABLE stale (
    start INTEGER PRIMARY KEY
) STRICT;

INSERT INTO stale
SELECT DISTINCT utc - (utc % 900000000 + 900000000) % 900000000 FROM event
WHERE kind IN ('crossing', 'visit', 'uncounted') AND utc IS NOT NULL;

CREATE TRIGGER event_came AFTER INSERT ON event WHEN NEW.kind <> 'health'
BEGIN
    INSERT INTO stale SELECT new_start FROM
    (SELECT NEW.utc - (NEW.utc % 900000000 + 900000000) % 900000000 AS new_start)
    WHERE new_start NOT IN (SELECT start FROM stale);
END;

CREATE TRIGGER event_went AFTER DELETE ON event WHEN OLD.kind <> 'health'
BEGIN
    INSERT INTO stale SELECT old_start FROM
    (SELECT OLD.utc - (OLD.utc % 900000000 + 900000000) % 900000000 AS old_start)
    WHERE old_start NOT IN (SELECT start FROM stale);
END;

CREATE TRIGGER event_changed AFTER UPDATE OF run, kind, utc, until, name, direction, detail ON event
BEGIN
    INSERT INTO stale SELECT DISTINCT start FROM
    (SELECT OLD.utc - (OLD.utc % 900000000 + 900000000) % 900000000 AS start
     UNION ALL SELECT NEW.utc - (NEW.utc % 900000000 + 900000000) % 900000000)
    WHERE start NOT IN (SELECT start FROM stale);
END;
