-- Whose entries these are, for whoever collects those of many ledgers: entries behind a place in the sequence, up to
-- the next row's, are of this ledger. A ledger that is put back from a copy goes on as another one, since the numbers
-- behind the copy's last may be known elsewhere already, for other entries.
CREATE TABLE lineage (
    behind INTEGER PRIMARY KEY,
    uid BLOB NOT NULL UNIQUE CHECK (length(uid) = 16)
) STRICT;

INSERT INTO lineage (behind, uid) VALUES (0, randomblob(16));
