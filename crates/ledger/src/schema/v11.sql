-- Of a crossing, whether another camera has seen the same passage, and it is counted there: told to nobody, and in no
-- count, as that of staff. Such a crossing has `{"same_as":{"source":"left","line":"door","track":7,"frame":12}}` in its
-- detail.
ALTER TABLE event ADD COLUMN twice INTEGER
    GENERATED ALWAYS AS (iif(json_valid(detail), json_extract(detail, '$.same_as') IS NOT NULL, 0)) VIRTUAL;

DROP INDEX crossing_in_order;
CREATE INDEX crossing_twice ON event (utc) WHERE kind = 'crossing' AND twice;
CREATE INDEX crossing_in_order ON event (seq, utc) WHERE kind = 'crossing' AND NOT staff AND NOT twice;
