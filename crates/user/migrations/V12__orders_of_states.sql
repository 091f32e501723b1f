-- What the API sorts the invites of a state by. Those that are pending may be few among many that were accepted.

-- [sqlite]

CREATE INDEX invites_state_created_at ON invites (state, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invites_state_updated_at ON invites (state, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invites_state_email ON invites (state, email_canonical, id) WHERE deleted_at IS NULL;

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY invites_state_created_at ON invites (state, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY invites_state_updated_at ON invites (state, updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY invites_state_email ON invites (state, email_canonical, id) WHERE deleted_at IS NULL;
