-- Who passed each line in each quarter of an hour, kept up to date with every entry that comes: what a page of all shops
-- adds up is what few rows say, however many people there were today.

CREATE TABLE office.quarter (
    shop integer NOT NULL,
    start timestamptz NOT NULL,
    ledger integer NOT NULL,
    source text NOT NULL,
    line text NOT NULL,
    entered bigint NOT NULL,
    "left" bigint NOT NULL,
    PRIMARY KEY (shop, start, ledger, source, line)
) WITH (fillfactor = 70); -- Rows of now change at each batch: their next version is to fit beside them.

-- When the quarter begins that a time is in. Days begin with a quarter in every time zone of today.
CREATE FUNCTION office.quarter_of(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT date_bin('15 minutes', at, 'epoch')
$$;

INSERT INTO office.quarter (shop, start, ledger, source, line, entered, "left")
SELECT shop, office.quarter_of(at), ledger, source, place, count(*) FILTER (WHERE direction = 'in'),
    count(*) FILTER (WHERE direction = 'out')
FROM office.entry WHERE kind = 'crossing' AND NOT staff AND NOT again AND NOT (detail ? 'same_as') GROUP BY 1, 2, 3, 4, 5;

-- Whole quarters from `since` on, which begins with one as every day does, and each entry of the quarter in which the time
-- ends. The quarter of now is as whole as it can be.
CREATE OR REPLACE FUNCTION office.entered(of_shop integer, since timestamptz, before timestamptz)
RETURNS TABLE (entered bigint, "left" bigint) LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(passed.entered), 0)::bigint, coalesce(sum(passed."left"), 0)::bigint
    FROM (
        SELECT part.ledger, part.source, part.line, sum(part.entered) AS entered, sum(part."left") AS "left"
        FROM (
            SELECT quarter.ledger, quarter.source, quarter.line, quarter.entered, quarter."left" FROM office.quarter
            WHERE quarter.shop = of_shop AND quarter.start >= since
            AND quarter.start < CASE WHEN before < now() THEN office.quarter_of(before) ELSE before END
            UNION ALL
            SELECT entry.ledger, entry.source, entry.place, (entry.direction = 'in')::integer, (entry.direction = 'out')::integer
            FROM office.entry
            WHERE entry.shop = of_shop AND entry.kind = 'crossing' AND before < now()
            AND entry.at >= greatest(since, office.quarter_of(before)) AND entry.at < before
            AND NOT entry.staff AND NOT entry.again AND NOT (entry.detail ? 'same_as')
        ) AS part GROUP BY 1, 2, 3
    ) AS passed
    LEFT JOIN office.line ON line.ledger = passed.ledger AND line.source = passed.source AND line.line = passed.line
    WHERE coalesce(line.in_total, true)
$$;
