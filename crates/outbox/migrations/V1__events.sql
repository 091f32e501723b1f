CREATE TABLE outbox_events (
    id text PRIMARY KEY,
    name text NOT NULL,
    subject text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX outbox_events_subject ON outbox_events (subject, id);
