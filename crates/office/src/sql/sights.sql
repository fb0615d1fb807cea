-- What alerts are judged by: each shop, how long it has been silent, who is inside, what is missing, what cameras have.
SELECT coalesce(jsonb_agg(to_jsonb(told) ORDER BY told.shop), '[]')::text
FROM (
    SELECT own.name AS shop, greatest(extract(epoch FROM now() - coalesce(own.seen, own.began)), 0)::double precision AS silence,
        greatest(today.entered - today."left", 0) AS inside,
        (SELECT extract(epoch FROM now() - min(gap.found))::double precision
         FROM office.gap JOIN office.ledger ON ledger.id = gap.ledger
         WHERE ledger.shop = own.id AND gap.closed IS NULL) AS missing,
        (SELECT coalesce(jsonb_agg(to_jsonb(has) ORDER BY has.source, has.condition), '[]') FROM (
            SELECT condition.source, condition.condition,
                greatest(extract(epoch FROM now() - condition.at), 0)::double precision AS seconds
            FROM office.condition JOIN office.ledger ON ledger.id = condition.ledger
            WHERE ledger.shop = own.id AND condition.raised
            -- A run that is over, or that another one has followed, says nothing of now.
            AND NOT EXISTS (SELECT FROM office.run WHERE run.ledger = condition.ledger AND run.source = condition.source
                            AND (run.id > condition.run OR run.id = condition.run AND run.ended IS NOT NULL))
        ) AS has) AS conditions
    FROM office.shop AS own
    CROSS JOIN LATERAL office.entered(own.id, date_trunc('day', now(), own.zone), now()) AS today
) AS told
