-- What an archive keeps. Whoever reads it from elsewhere is better off with the views.

CREATE SCHEMA archive;

-- How recordings are counted.
CREATE TABLE archive.settings (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL UNIQUE, -- SHA-256 of the two that follow
    configuration text NOT NULL, -- TOML
    options jsonb NOT NULL,      -- of `footfall run`, in order
    networks jsonb,              -- SHA-256 of each; as the first worker had them
    submitted timestamptz NOT NULL DEFAULT now()
);

-- A recording that is to be counted, or was. One that has changed, or is to be counted otherwise, is another job.
CREATE TABLE archive.job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL, -- size, and time or entity tag: what tells that it has changed
    settings integer NOT NULL REFERENCES archive.settings (id),
    place text NOT NULL,   -- a path or an address
    bytes bigint NOT NULL,
    modified timestamptz NOT NULL,
    submitted timestamptz NOT NULL DEFAULT now(),
    current boolean NOT NULL DEFAULT false, -- whether it is the newest of its name
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'counting', 'done', 'dead')),
    sent integer NOT NULL DEFAULT 0,      -- how often it was to be put into the queue
    published integer NOT NULL DEFAULT 0, -- what of that the hub has confirmed
    token bigint NOT NULL DEFAULT 0,      -- the fencing token: one more at every taking
    tries integer NOT NULL DEFAULT 0,
    worker text,
    taken timestamptz,
    seen timestamptz,
    frames bigint,    -- how many are counted
    of_frames bigint, -- of how many, where that is known
    reason text,      -- why it failed the last time
    UNIQUE (name, version, settings)
);

CREATE UNIQUE INDEX job_current ON archive.job (name COLLATE "C") WHERE current;
CREATE INDEX job_to_publish ON archive.job (id) WHERE published < sent;

-- Every taking of a job, and what came of it.
CREATE TABLE archive.attempt (
    job bigint NOT NULL REFERENCES archive.job (id),
    token bigint NOT NULL,
    worker text NOT NULL,
    began timestamptz NOT NULL DEFAULT now(),
    ended timestamptz,
    -- 'done'; 'late': complete, and another was first; 'failed'; 'given back'; 'gone': the worker was not heard of again
    outcome text,
    reason text,
    content text, -- SHA-256 of the recording
    digest text,  -- of what was counted: without names and times of day
    counting text, -- of everything that decides what is counted, networks and device among it
    program text,
    fetching double precision, -- seconds
    counted double precision,
    PRIMARY KEY (job, token)
);

CREATE INDEX attempt_by_content ON archive.attempt (content) WHERE digest IS NOT NULL;
CREATE INDEX attempt_by_end ON archive.attempt (ended);

-- What was counted: of each job once, by whoever held the newest token.
CREATE TABLE archive.result (
    job bigint PRIMARY KEY REFERENCES archive.job (id),
    token bigint NOT NULL,
    content text NOT NULL,
    digest text NOT NULL,
    start timestamptz NOT NULL, -- when its first frame was taken
    frames bigint NOT NULL,
    seconds double precision NOT NULL,
    crossings text NOT NULL, -- as `footfall run --crossings` writes them
    summary jsonb NOT NULL
);

-- All that the ledger of a recording has.
CREATE TABLE archive.entry (
    job bigint NOT NULL REFERENCES archive.result (job),
    number integer NOT NULL,
    kind text NOT NULL, -- 'crossing', 'visit', 'group', 'health', 'uncounted'
    place text NOT NULL, -- a line, a zone, a condition, or why nobody counted
    direction text,      -- 'in' or 'out'; of a health change 'raised' or 'over'
    seconds double precision NOT NULL, -- since the recording's start
    until double precision,
    track bigint,
    frame bigint,
    confidence double precision,
    detail jsonb NOT NULL,
    PRIMARY KEY (job, number)
);

-- Two complete counts of one content by the same settings that differ. The first stays, and somebody has to look.
CREATE TABLE archive.alarm (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    found timestamptz NOT NULL DEFAULT now(),
    content text NOT NULL,
    settings integer NOT NULL REFERENCES archive.settings (id),
    kept_job bigint NOT NULL,
    kept_token bigint NOT NULL,
    came_job bigint NOT NULL,
    came_token bigint NOT NULL,
    UNIQUE (kept_job, kept_token, came_job, came_token)
);

CREATE VIEW archive.recording AS
SELECT job.name, job.state, job.bytes, result.start, result.frames, result.seconds, result.content, job.reason
FROM archive.job LEFT JOIN archive.result ON result.job = job.id WHERE job.current;

CREATE VIEW archive.event AS
SELECT job.name AS recording, entry.number, entry.kind, entry.place, entry.direction,
    result.start + entry.seconds * interval '1 second' AS at,
    result.start + entry.until * interval '1 second' AS until,
    entry.seconds, entry.frame, entry.track, entry.confidence, entry.detail
FROM archive.entry JOIN archive.result USING (job) JOIN archive.job ON job.id = entry.job WHERE job.current;

-- `doubt` is how many of the crossings are expected not to have taken place. Hours are those of the session's time zone.
CREATE VIEW archive.hour AS
SELECT recording, place AS line, date_trunc('hour', at) AS hour,
    count(*) FILTER (WHERE direction = 'in') AS entered,
    count(*) FILTER (WHERE direction = 'out') AS left,
    sum(1 - confidence) AS doubt
FROM archive.event WHERE kind = 'crossing' GROUP BY 1, 2, 3;

-- A field of CSV.
CREATE FUNCTION archive.quoted(field text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN field ~ '[",\n\r]' THEN '"' || replace(field, '"', '""') || '"' ELSE field END
$$;

-- A moment of a recording, in UTC.
CREATE FUNCTION archive.moment(start timestamptz, seconds double precision) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char((start + seconds * interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
