-- What each line's counts are for: whether they are in the totals of the place, and in who is inside. Lines that
-- are not here are entrances.
CREATE TABLE drawn (
    source INTEGER NOT NULL REFERENCES source (id),
    line TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('entrance', 'inner')),
    total INTEGER NOT NULL CHECK (total IN (0, 1)), -- whether it is in the totals
    PRIMARY KEY (source, line)
) STRICT, WITHOUT ROWID;
