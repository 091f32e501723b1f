-- A cookie lasts as long as its session: the session's own lifetimes decide. Its hash is keyed by the secret that signs
-- tokens, so that cookies end when the secret changes. Older rows, hashed without a key, match no cookie any more.
DROP TABLE auth_session_cookies;

CREATE TABLE auth_session_cookies (
    -- HMAC-SHA-256 of the cookie's value
    hash bytea PRIMARY KEY,
    session_id text NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL
);

CREATE INDEX auth_session_cookies_session_id ON auth_session_cookies (session_id, created_at);
