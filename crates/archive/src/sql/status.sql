WITH job AS MATERIALIZED (
    SELECT * FROM archive.job WHERE current
), lately AS (
    SELECT count(*) AS recordings, coalesce(sum(job.bytes), 0) AS bytes, coalesce(sum(result.seconds), 0) AS footage,
        coalesce(sum(extract(epoch FROM attempt.ended - attempt.began)), 0) AS seconds
    FROM archive.attempt JOIN job ON job.id = attempt.job JOIN archive.result ON result.job = job.id
    WHERE attempt.outcome = 'done' AND attempt.ended > now() - interval '1 hour'
), sums AS (
    SELECT count(*) AS recordings, count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'counting') AS counting,
        count(*) FILTER (WHERE state = 'dead') AS dead, coalesce(sum(bytes), 0) AS bytes,
        coalesce(sum(bytes) FILTER (WHERE state = 'done'), 0) AS bytes_done,
        coalesce(sum(bytes) FILTER (WHERE state IN ('queued', 'counting')), 0) AS bytes_left
    FROM job
), counted AS (
    SELECT coalesce(sum(result.frames), 0) AS frames, coalesce(sum(result.seconds), 0) AS seconds
    FROM archive.result JOIN job ON job.id = result.job
), pace AS (
    -- What one worker did in an hour, times how many work now; at least one.
    SELECT greatest(count(DISTINCT worker) FILTER (WHERE state = 'counting'), 1) / nullif(lately.seconds, 0) AS pace
    FROM job, lately GROUP BY lately.seconds
), passed AS (
    SELECT count(*) FILTER (WHERE direction = 'in') AS entered, count(*) FILTER (WHERE direction = 'out') AS left
    FROM archive.entry JOIN job ON job.id = entry.job WHERE kind = 'crossing'
)
SELECT jsonb_build_object(
    'recordings', sums.recordings, 'done', sums.done, 'queued', sums.queued, 'counting', sums.counting, 'dead', sums.dead,
    'bytes', sums.bytes, 'bytes_done', sums.bytes_done, 'frames', counted.frames, 'seconds', counted.seconds,
    'entered', passed.entered, 'left', passed.left,
    'rate', CASE WHEN lately.recordings > 0 THEN jsonb_build_object(
        'recordings_per_hour', 3600 * lately.recordings * pace, 'footage_per_second', lately.footage * pace,
        'bytes_per_second', lately.bytes * pace) END,
    'remaining_seconds', CASE WHEN sums.bytes_left = 0 THEN 0 WHEN lately.bytes > 0
        THEN sums.bytes_left / (lately.bytes * pace) END,
    'working', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'worker', worker,
        'seconds', extract(epoch FROM now() - taken), 'silent_seconds', extract(epoch FROM now() - seen),
        'frames', frames, 'of_frames', of_frames) ORDER BY name COLLATE "C"), '[]') FROM job WHERE state = 'counting'),
    'failures', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'tries', tries, 'reason', reason)
        ORDER BY name COLLATE "C"), '[]') FROM job WHERE state IN ('queued', 'counting') AND reason IS NOT NULL),
    'dead_letters', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'tries', tries,
        'reason', coalesce(reason, '')) ORDER BY name COLLATE "C"), '[]') FROM job WHERE state = 'dead'),
    'alarms', (SELECT coalesce(jsonb_agg(jsonb_build_object('kept', kept_job.name, 'came', came_job.name,
        'workers', jsonb_build_array(kept.worker, came.worker),
        'programs', jsonb_build_array(kept.program, came.program), 'same_networks', kept.counting = came.counting,
        'found', alarm.found) ORDER BY alarm.id), '[]')
        FROM archive.alarm JOIN archive.attempt AS kept ON kept.job = kept_job AND kept.token = kept_token
        JOIN archive.attempt AS came ON came.job = came_job AND came.token = came_token
        JOIN archive.job AS kept_job ON kept_job.id = alarm.kept_job
        JOIN archive.job AS came_job ON came_job.id = alarm.came_job),
    'programs', (SELECT coalesce(jsonb_agg(jsonb_build_array(program, results) ORDER BY program), '[]') FROM (
        SELECT attempt.program, count(*) AS results FROM archive.result JOIN job ON job.id = result.job
        JOIN archive.attempt ON attempt.job = result.job AND attempt.token = result.token GROUP BY 1) AS by_program)
)::text FROM sums CROSS JOIN lately CROSS JOIN counted CROSS JOIN passed LEFT JOIN pace ON true
