-- The link by which the first user is made, where nobody is in: one row at most, a newer link takes the older one's place.
CREATE TABLE user_first_link (
    id bigint PRIMARY KEY,
    -- HMAC-SHA256 of the token
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

-- The dashboard's list begins with who came last.
CREATE INDEX users_created_at ON users (created_at, id) WHERE deleted_at IS NULL;
