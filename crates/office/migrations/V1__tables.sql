-- What the office keeps. Whoever reads it from elsewhere is better off with the views in the schema `report`.

CREATE SCHEMA office;

CREATE TABLE office.shop (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    zone text NOT NULL DEFAULT 'UTC', -- the name of its time zone; one that PostgreSQL knows
    began timestamptz NOT NULL DEFAULT now(),
    seen timestamptz,                 -- by the office's clock
    program text,                     -- the version that runs there
    sources jsonb NOT NULL DEFAULT '[]'
);

-- A shop has one for each machine that counts there, and one more whenever one of them was put back from a copy.
CREATE TABLE office.ledger (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid uuid NOT NULL UNIQUE,
    shop integer NOT NULL REFERENCES office.shop (id),
    -- The places in the sequence of which all entries are here. Sequences have holes; these are none.
    have int8multirange NOT NULL,
    head bigint NOT NULL DEFAULT 0,      -- where it ends, as the shop says
    confirmed bigint NOT NULL DEFAULT 0, -- up to where the hub has confirmed it to the shop
    expected bigint NOT NULL DEFAULT 0,  -- up to where it must be here, since the hub has nothing left
    told bigint NOT NULL DEFAULT 0       -- which `line`s these are
);

CREATE INDEX ledger_by_shop ON office.ledger (shop);

CREATE TABLE office.run (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    id bigint NOT NULL,
    source text NOT NULL,
    recorded boolean NOT NULL,
    began timestamptz NOT NULL,
    start timestamptz NOT NULL,
    seen timestamptz,
    ended timestamptz,
    outcome text,
    program text NOT NULL,
    config text NOT NULL, -- SHA-256 of everything that decides what is counted
    PRIMARY KEY (ledger, id)
);

-- Stretches in which the clock of the shop's machine went evenly.
CREATE TABLE office.clock (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    id bigint NOT NULL,
    began timestamptz NOT NULL,
    until timestamptz NOT NULL,
    step double precision, -- by how much it was set before, in seconds
    standing text NOT NULL, -- 'sound', 'unproven', 'off'
    PRIMARY KEY (ledger, id)
);

-- What lines are for; those that are not here are entrances.
CREATE TABLE office.line (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    source text NOT NULL,
    line text NOT NULL,
    role text NOT NULL,
    in_total boolean NOT NULL,
    PRIMARY KEY (ledger, source, line)
);

-- Every entry's name, once: this decides whether something is new. No partition could.
CREATE TABLE office.received (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    seq bigint NOT NULL,
    id uuid NOT NULL, -- of the event itself: the same wherever it is written down
    again boolean NOT NULL, -- whether the shop has told of the same event before, in another ledger
    PRIMARY KEY (ledger, seq)
);

CREATE INDEX received_by_event ON office.received (id);

-- The entries, in a partition for each month of UTC; those of a clock that was far off are in `entry_other`.
CREATE TABLE office.entry (
    ledger integer NOT NULL,
    seq bigint NOT NULL,
    shop integer NOT NULL,
    at timestamptz NOT NULL,
    until timestamptz,
    kind text NOT NULL, -- 'crossing', 'visit', 'group', 'health', 'uncounted'
    run bigint NOT NULL,
    source text NOT NULL,
    place text NOT NULL,     -- a line, a zone, a condition, or why nobody counted
    direction text,          -- 'in' or 'out'; of a health change 'raised' or 'over'
    track bigint,
    frame bigint,
    seconds double precision NOT NULL, -- since the source's start
    confidence double precision,
    staff boolean NOT NULL,
    again boolean NOT NULL,
    id uuid NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (ledger, seq, at)
) PARTITION BY RANGE (at);

CREATE TABLE office.entry_other PARTITION OF office.entry DEFAULT;

CREATE INDEX entry_by_shop ON office.entry (shop, kind, at);

-- Two different entries under one name: the first stays, and somebody has to look.
CREATE TABLE office.conflict (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    seq bigint NOT NULL,
    kept uuid NOT NULL,
    came uuid NOT NULL,
    found timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ledger, seq, came)
);

-- What is missing, or was.
CREATE TABLE office.gap (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ledger integer NOT NULL REFERENCES office.ledger (id),
    span int8range NOT NULL,
    found timestamptz NOT NULL DEFAULT now(),
    asked integer NOT NULL DEFAULT 0,
    asked_at timestamptz,
    closed timestamptz,
    lost text -- why some of it is missing for good
);

CREATE UNIQUE INDEX gap_open ON office.gap (ledger, span) WHERE closed IS NULL;

-- Messages that mean nothing here, or that a shop had no right to send. They are kept, and count for nothing.
CREATE TABLE office.refused (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    subject text NOT NULL,
    reason text NOT NULL,
    message bytea NOT NULL
);

-- How far the stream was read, in the transaction of what was read.
CREATE TABLE office.position (
    stream text PRIMARY KEY,
    sequence bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
