INSERT INTO archive.entry (job, number, kind, place, direction, seconds, until, track, frame, confidence, detail)
SELECT $1, ordinality, came->>'kind', came->>'place', came->>'direction', (came->>'seconds')::double precision,
    (came->>'until')::double precision, (came->>'track')::bigint, (came->>'frame')::bigint,
    (came->'detail'->>'confidence')::double precision, came->'detail'
FROM jsonb_array_elements($2::text::jsonb) WITH ORDINALITY AS entries (came, ordinality)
