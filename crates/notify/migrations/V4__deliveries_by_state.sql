-- The lists of what waits and of what has failed, newest first. What was sent is found by its position alone: it is most of all.

-- [sqlite]

CREATE INDEX deliveries_not_sent ON deliveries (state, position, id) WHERE state <> 'sent';

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY deliveries_not_sent ON deliveries (state, position, id) WHERE state <> 'sent';
