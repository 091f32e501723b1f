-- What the pages sort by: users by name as it is shown (BY_NAME in users/mod.rs), the locked ones by their creation, and the invites of
-- a state. An invite that is pending or has expired is found by when it expires.

-- [sqlite]

CREATE INDEX users_name ON users (lower(coalesce(first_name || ' ' || last_name, first_name, last_name, email)), id) WHERE deleted_at IS NULL;

CREATE INDEX users_locked ON users (created_at, id) WHERE locked_at IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX invites_state_expires_at ON invites (state, expires_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invites_state_sent_at ON invites (state, sent_at, id) WHERE deleted_at IS NULL;

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY users_name ON users (lower(coalesce(first_name || ' ' || last_name, first_name, last_name, email)), id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY users_locked ON users (created_at, id) WHERE locked_at IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX CONCURRENTLY invites_state_expires_at ON invites (state, expires_at, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY invites_state_sent_at ON invites (state, sent_at, id) WHERE deleted_at IS NULL;
