-- What a directory (SCIM) keeps of a user: its own id, the name that it shows, and the key by which it created the user. Such a user has no
-- sign-in method until the first sign-in.
ALTER TABLE users ADD COLUMN external_id text;
ALTER TABLE users ADD COLUMN display_name text;
ALTER TABLE users ADD COLUMN provisioned_by text;

-- [sqlite]

CREATE INDEX users_external_id ON users (external_id, id) WHERE deleted_at IS NULL;

CREATE INDEX users_display_name ON users (display_name, id) WHERE deleted_at IS NULL;

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY users_external_id ON users (external_id, id) WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY users_display_name ON users (display_name, id) WHERE deleted_at IS NULL;
