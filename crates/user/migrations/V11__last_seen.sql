-- When a user was last seen: kept with the user, because sessions end. Until a user is seen again, the sessions of before count.
ALTER TABLE users ADD COLUMN last_seen_at timestamptz;

-- [sqlite]

-- Users who were never seen are sorted by their creation (UserField::LastSeenAt).
CREATE INDEX users_last_seen ON users (coalesce(last_seen_at, created_at), id) WHERE deleted_at IS NULL;

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY users_last_seen ON users (coalesce(last_seen_at, created_at), id) WHERE deleted_at IS NULL;
