-- One for each order of the lists; the id breaks ties, and is where the next page begins.

-- [sqlite]

CREATE INDEX users_first_name ON users (first_name, id) WHERE deleted_at IS NULL;

CREATE INDEX users_last_name ON users (last_name, id) WHERE deleted_at IS NULL;

CREATE INDEX users_updated_at ON users (updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invites_created_at ON invites (created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invites_updated_at ON invites (updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX invites_email_order ON invites (email_canonical, id) WHERE deleted_at IS NULL;

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY users_first_name ON users (first_name, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY users_last_name ON users (last_name, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY users_updated_at ON users (updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY invites_created_at ON invites (created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY invites_updated_at ON invites (updated_at, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY invites_email_order ON invites (email_canonical, id) WHERE deleted_at IS NULL;
