-- The link by which the first user is made, where nobody is in: one row at most, a newer link takes the older one's place.
CREATE TABLE user_first_link (
    id bigint PRIMARY KEY,
    -- HMAC-SHA256 of the token
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
