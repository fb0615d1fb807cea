-- How far counts are in doubt, by direction: how many of those who were counted are expected to be nobody (`_none`), and
-- how many who passed to have been missed (`_hidden`). Results of older programs do not say the latter, and one in ten is
-- expected.
CREATE OR REPLACE VIEW archive.hour AS
SELECT recording, place AS line, date_trunc('hour', at) AS hour,
    count(*) FILTER (WHERE direction = 'in') AS entered,
    count(*) FILTER (WHERE direction = 'out') AS left,
    sum(1 - confidence) AS doubt,
    coalesce(sum(1 - confidence) FILTER (WHERE direction = 'in'), 0) AS entered_none,
    coalesce(sum(hidden) FILTER (WHERE direction = 'in'), 0) AS entered_hidden,
    coalesce(sum(1 - confidence) FILTER (WHERE direction = 'out'), 0) AS left_none,
    coalesce(sum(hidden) FILTER (WHERE direction = 'out'), 0) AS left_hidden
FROM (
    SELECT *, CASE WHEN jsonb_typeof(detail -> 'hidden') = 'number' THEN (detail ->> 'hidden')::double precision ELSE 0.1 END
        AS hidden
    FROM archive.event WHERE kind = 'crossing'
) AS crossing GROUP BY 1, 2, 3;
