-- Users who never signed in, in the order of their creation: they may be few among millions.

-- [sqlite]

CREATE INDEX users_never_seen ON users (created_at, id) WHERE last_seen_at IS NULL AND deleted_at IS NULL;

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY users_never_seen ON users (created_at, id) WHERE last_seen_at IS NULL AND deleted_at IS NULL;
