-- Some ledgers of versions 6 to 8 say of each line whether it is still drawn, too: nobody has asked, and a row without
-- it is refused there.
CREATE TABLE drawn_anew (
    source INTEGER NOT NULL REFERENCES source (id),
    line TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('entrance', 'inner')),
    total INTEGER NOT NULL CHECK (total IN (0, 1)), -- whether it is in the totals
    PRIMARY KEY (source, line)
) STRICT, WITHOUT ROWID;

INSERT INTO drawn_anew SELECT source, line, role, total FROM drawn;
DROP TABLE drawn;
ALTER TABLE drawn_anew RENAME TO drawn;
