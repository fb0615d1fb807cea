WITH page AS (
    SELECT job.id, job.name, result.start FROM archive.job JOIN archive.result ON result.job = job.id
    WHERE job.current AND ($1::text IS NULL OR job.name COLLATE "C" > $1 COLLATE "C")
    ORDER BY job.name COLLATE "C" LIMIT $2
)
SELECT page.name, coalesce(rows.text, '') FROM page LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(',', archive.quoted(page.name), kind, archive.quoted(place), coalesce(direction, ''),
        archive.moment(page.start, seconds), coalesce(archive.moment(page.start, until), ''), seconds::text,
        coalesce(frame::text, ''), coalesce(track::text, ''), coalesce(confidence::text, '')) || E'\n', ''
        ORDER BY number) AS text
    FROM archive.entry WHERE entry.job = page.id
) AS rows ON true ORDER BY page.name COLLATE "C"
