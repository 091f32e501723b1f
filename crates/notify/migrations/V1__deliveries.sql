-- One row for each event and each place that it is to reach.
CREATE TABLE deliveries (
    id text PRIMARY KEY,
    event_id text NOT NULL,
    position bigint NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    destination text NOT NULL,
    target text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    -- While queued: when it is tried next; while somebody is at it: when his lease ends.
    next_try_at timestamptz NOT NULL,
    lease text,
    recipient text,
    reason text,
    status bigint,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    finished_at timestamptz
);

CREATE UNIQUE INDEX deliveries_event_target ON deliveries (event_id, destination, target);

CREATE INDEX deliveries_due ON deliveries (next_try_at, position) WHERE state = 'queued';

CREATE INDEX deliveries_order ON deliveries (destination, target, subject, position) WHERE state = 'queued';

CREATE INDEX deliveries_subject ON deliveries (subject, position);

CREATE INDEX deliveries_target ON deliveries (destination, target, position);

CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;

-- A place that cannot be reached at all rests, with everything that is to go there.
CREATE TABLE delivery_pauses (
    destination text NOT NULL,
    target text NOT NULL,
    failures bigint NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (destination, target)
);

-- Up to which event deliveries were made. What happened before there were any is not delivered.
CREATE TABLE notify_head (
    id bigint PRIMARY KEY CHECK (id = 1),
    position bigint NOT NULL
);

INSERT INTO notify_head (id, position) SELECT 1, position FROM outbox_head;

-- How many mails an address was sent since a moment.
CREATE TABLE mail_counts (
    address text PRIMARY KEY,
    since timestamptz NOT NULL,
    number bigint NOT NULL
);

CREATE TABLE webhook_endpoints (
    id text PRIMARY KEY,
    url text NOT NULL,
    description text,
    events jsonb NOT NULL,
    includes_secrets boolean NOT NULL,
    disabled_at timestamptz,
    disabled_reason text,
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_until timestamptz,
    created_by text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);
