-- From which devices somebody has signed in, so that a sign-in from another can be told to him. A device is SHA-256 of
-- what its program calls itself, without versions, and of its network. Rows go with the actor or with his last identity.
CREATE TABLE auth_devices (
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    device bytea NOT NULL,
    first_seen_at timestamptz NOT NULL,
    -- to the day
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (actor_type, actor_id, device)
);

CREATE INDEX auth_devices_last_seen_at ON auth_devices (last_seen_at);
