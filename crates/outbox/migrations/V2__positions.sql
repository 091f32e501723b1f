-- PostgreSQL counts the rows as they are written: what happens to one subject is written by one transaction after the
-- other, so its events are counted in their order, whatever the clocks of several machines say. SQLite has its rowid.
ALTER TABLE outbox_events ADD COLUMN ordinal bigserial;

-- The place in the feed, given once the event is committed; until then NULL.
ALTER TABLE outbox_events ADD COLUMN position bigint;

UPDATE outbox_events SET position = placed.number
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM outbox_events) AS placed
WHERE placed.id = outbox_events.id;

CREATE UNIQUE INDEX outbox_events_position ON outbox_events (position);

CREATE INDEX outbox_events_unplaced ON outbox_events (ordinal) WHERE position IS NULL;

-- One row: the last place that was given, and up to which place events were deleted.
CREATE TABLE outbox_head (
    id bigint PRIMARY KEY CHECK (id = 1),
    position bigint NOT NULL,
    deleted_to bigint NOT NULL
);

INSERT INTO outbox_head (id, position, deleted_to)
SELECT 1, COALESCE(MAX(position), 0), 0 FROM outbox_events;
