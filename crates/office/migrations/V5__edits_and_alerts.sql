-- Lines and thresholds that are edited here and put in force at shops.

-- What is in force at a machine, as it says; those that are not here take no edits.
CREATE TABLE office.setting (
    ledger integer PRIMARY KEY REFERENCES office.ledger (id),
    digest text NOT NULL,             -- SHA-256 of what follows, as the shop computes it
    settings jsonb NOT NULL,
    answered bigint NOT NULL DEFAULT 0, -- the last edit that it has answered
    told timestamptz NOT NULL DEFAULT now()
);

-- What somebody here wants in force there, and what has come of it.
CREATE TABLE office.edit (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    number bigint NOT NULL,
    based_on text NOT NULL,           -- the digest of what it was made from
    settings jsonb NOT NULL,
    edited_by text NOT NULL,          -- the name of the token
    at timestamptz NOT NULL DEFAULT now(),
    sent timestamptz,                 -- when the hub has confirmed it
    answered timestamptz,             -- by the shop's clock; or when a later edit came instead
    taken boolean,
    words text,                       -- why not, or with what reservation
    PRIMARY KEY (ledger, number)
);

CREATE INDEX edit_unsent ON office.edit (ledger) WHERE sent IS NULL AND answered IS NULL;

-- Messages on the way to a machine that it did not take for the office's.
CREATE TABLE office.distrusted (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    at timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (ledger, at, reason)
);

CREATE VIEW report.edit AS
SELECT shop.name AS shop, replace(ledger.uid::text, '-', '') AS ledger, edit.number, edit.edited_by, edit.at, edit.sent,
    edit.answered, CASE WHEN edit.answered IS NULL THEN 'on its way' WHEN edit.taken THEN 'in force' ELSE 'refused' END AS outcome,
    edit.words
FROM office.edit JOIN office.ledger ON ledger.id = edit.ledger JOIN office.shop ON shop.id = ledger.shop;

-- Alerts that the office tells of its shops.

-- Which conditions a source has, by the last change that it told.
CREATE TABLE office.condition (
    ledger integer NOT NULL REFERENCES office.ledger (id),
    source text NOT NULL,
    condition text NOT NULL,
    raised boolean NOT NULL,
    at timestamptz NOT NULL,
    run bigint NOT NULL,
    PRIMARY KEY (ledger, source, condition)
);

INSERT INTO office.condition (ledger, source, condition, raised, at, run)
SELECT DISTINCT ON (ledger, source, place) ledger, source, place, direction = 'raised', at, run
FROM office.entry WHERE kind = 'health' ORDER BY ledger, source, place, seq DESC;

-- What was told, so that a restart tells nothing twice.
CREATE TABLE office.memory (
    name text PRIMARY KEY,
    value text NOT NULL
);
