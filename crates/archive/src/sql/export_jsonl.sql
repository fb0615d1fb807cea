SELECT job.name, result.crossings FROM archive.job JOIN archive.result ON result.job = job.id
WHERE job.current AND ($1::text IS NULL OR job.name COLLATE "C" > $1 COLLATE "C")
ORDER BY job.name COLLATE "C" LIMIT $2
