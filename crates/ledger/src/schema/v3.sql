-- What a publisher has to know after a restart beside how far it has come: of MQTT the topics that it left
-- at the broker.
CREATE TABLE memory (
    name TEXT PRIMARY KEY, -- the publisher's, as in `cursor`
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Entries that a publisher's receiver refused for good: its cursor has passed them.
CREATE TABLE refused (
    name TEXT NOT NULL,    -- the publisher's, as in `cursor`
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,   -- when
    reason TEXT NOT NULL,
    PRIMARY KEY (name, seq)
) STRICT, WITHOUT ROWID;
