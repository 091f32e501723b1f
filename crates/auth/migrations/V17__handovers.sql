-- What a request leaves for a later one of the same session or user: a secret that is shown once, a form that was typed.
CREATE TABLE auth_handovers (
    id text PRIMARY KEY,
    -- the session or the user that may read it
    owner_id text NOT NULL,
    sealed bytea NOT NULL,
    -- how often it may still be read
    reads_left bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX auth_handovers_owner_id ON auth_handovers (owner_id, id);
CREATE INDEX auth_handovers_expires_at ON auth_handovers (expires_at);
