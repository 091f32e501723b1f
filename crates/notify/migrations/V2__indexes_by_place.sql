-- What is due is looked for place by place, so that one that is slow, and has much waiting, is not read through for the
-- others. No other index begins with destination and target: without statistics PostgreSQL would as soon take that one, and
-- read all that ever went there.
DROP INDEX deliveries_due;

CREATE INDEX deliveries_due ON deliveries (destination, target, next_try_at, position) WHERE state = 'queued';

DROP INDEX deliveries_target;

CREATE INDEX deliveries_place ON deliveries ((destination || ' ' || target), position);

-- What of a subject waits before something else of it. Of all states: where nothing waited when PostgreSQL last looked, it
-- takes an index of what waits for empty, and reads all of it.
DROP INDEX deliveries_order;

DROP INDEX deliveries_subject;

CREATE INDEX deliveries_subject ON deliveries (subject, state, position);

-- An event has one place in the feed: this keeps it from being delivered twice as well, and has the newest at its end.
DROP INDEX deliveries_event_target;

CREATE UNIQUE INDEX deliveries_event ON deliveries (position, destination, target);
