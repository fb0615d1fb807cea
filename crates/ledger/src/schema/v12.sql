-- Crossings say how many people are expected to have been missed for each one who was counted then:
-- `{"hidden":0.03}` in their detail. Quarters have it beside the confidence, so all are summed up anew.
DELETE FROM quarter;
DELETE FROM spot;
DELETE FROM stale;
INSERT INTO stale SELECT DISTINCT utc - (utc % 900000000 + 900000000) % 900000000 FROM event
WHERE kind IN ('crossing', 'visit', 'uncounted', 'group');
