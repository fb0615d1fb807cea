-- This attempt beside every other complete one of the same content by the same settings.
INSERT INTO archive.alarm (content, settings, kept_job, kept_token, came_job, came_token)
SELECT other.content, own.settings, other.job, other.token, $1, $2
FROM archive.attempt AS other
JOIN archive.job ON job.id = other.job
JOIN archive.job AS own ON own.id = $1 AND own.settings = job.settings
WHERE other.content = $3 AND other.digest <> $4 AND NOT (other.job = $1 AND other.token = $2)
ON CONFLICT DO NOTHING
