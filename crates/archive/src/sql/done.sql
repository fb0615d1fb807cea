INSERT INTO archive.result (job, token, content, digest, start, frames, seconds, crossings, summary)
VALUES ($1, $2, $3, $4, $5::text::timestamptz, $6, $7, $8, $9::text::jsonb)
