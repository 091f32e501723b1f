-- A challenge that a program asks for by the module belongs to an identity and to no session. SQLite cannot make a column
-- optional, so the table is written again.
CREATE TABLE auth_mfa_challenges_again (
    id text PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    -- the session that awaits it, where there is one
    session_id text REFERENCES auth_sessions (id) ON DELETE CASCADE,
    auth_provider text,
    -- the methods that can answer it, separated by spaces
    methods text NOT NULL,
    attempts bigint NOT NULL,
    max_attempts bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    completed_at timestamptz,
    metadata jsonb,
    created_at timestamptz NOT NULL
);

INSERT INTO auth_mfa_challenges_again (id, auth_identity_id, session_id, auth_provider, methods, attempts, max_attempts,
    expires_at, completed_at, metadata, created_at)
SELECT id, auth_identity_id, session_id, auth_provider, methods, attempts, max_attempts,
    expires_at, completed_at, metadata, created_at
FROM auth_mfa_challenges;

DROP TABLE auth_mfa_challenges;

ALTER TABLE auth_mfa_challenges_again RENAME TO auth_mfa_challenges;

CREATE INDEX auth_mfa_challenges_session_id ON auth_mfa_challenges (session_id);
CREATE INDEX auth_mfa_challenges_auth_identity_id ON auth_mfa_challenges (auth_identity_id);
CREATE INDEX auth_mfa_challenges_expires_at ON auth_mfa_challenges (expires_at);
