-- Stretches of the sequence in which the machine's clock went evenly. Entries of live sources behind one's
-- place, up to the next one's, are dated by the clock as it was then.
CREATE TABLE stretch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    behind INTEGER NOT NULL, -- the place in the sequence
    runs INTEGER NOT NULL,   -- the greatest run when it began that may have ended before
    began INTEGER NOT NULL,  -- by that clock, as all of these
    until INTEGER NOT NULL,  -- when something was written last
    step INTEGER             -- by how much the clock was set before, in microseconds; NULL: nobody was there to see
) STRICT;

-- What retention has removed, each time.
CREATE TABLE removal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,       -- when, by the machine's clock
    days INTEGER NOT NULL,     -- for how long entries are kept
    entries INTEGER NOT NULL,
    first INTEGER NOT NULL,    -- the earliest entry's time
    last INTEGER NOT NULL,     -- the latest one's
    unsent INTEGER NOT NULL    -- how many of them some publisher had not sent yet
) STRICT;

-- Times that people have put right: entries of a stretch were moved by so much.
CREATE TABLE repair (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    stretch INTEGER NOT NULL,
    shift INTEGER NOT NULL,    -- in microseconds
    entries INTEGER NOT NULL
) STRICT;
