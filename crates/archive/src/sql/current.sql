-- After `submit.sql`, in its transaction.
UPDATE archive.job SET current = true
FROM jsonb_to_recordset($1::text::jsonb) AS came (name text, version text)
WHERE job.name = came.name AND job.version = came.version AND job.settings = $2 AND NOT current
