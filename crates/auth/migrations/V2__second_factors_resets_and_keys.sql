ALTER TABLE auth_sessions ADD COLUMN last_used_at timestamptz;
-- when its owner last proved who he is: by password, by second factor
ALTER TABLE auth_sessions ADD COLUMN proved_at timestamptz;
-- the password was right and the second factor is due: opens the challenge and nothing else
ALTER TABLE auth_sessions ADD COLUMN awaits_mfa boolean;
ALTER TABLE auth_sessions ADD COLUMN mfa_completed_at timestamptz;
-- its owner has yet to verify his address: until then it is that of somebody without an account
ALTER TABLE auth_sessions ADD COLUMN awaits_verification boolean;
-- from where it was last used, and by what
ALTER TABLE auth_sessions ADD COLUMN address text;
ALTER TABLE auth_sessions ADD COLUMN user_agent text;

-- by when it was last used: sessions from before that was kept have nothing in last_used_at
CREATE INDEX auth_sessions_last_use ON auth_sessions ((COALESCE(last_used_at, created_at)));

-- Tries taken of an account in the present window, over all doors. A try is taken before it is evaluated.
CREATE TABLE auth_attempts (
    account text PRIMARY KEY,
    taken bigint NOT NULL,
    window_ends_at timestamptz NOT NULL
);

CREATE INDEX auth_attempts_window_ends_at ON auth_attempts (window_ends_at);

-- One row an identity at most: a newer token takes the older one's place.
CREATE TABLE auth_password_resets (
    provider_identity_id text PRIMARY KEY REFERENCES provider_identities (id) ON DELETE CASCADE,
    -- SHA-256 of the token
    token_hash bytea NOT NULL,
    actor_type text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX auth_password_resets_token_hash ON auth_password_resets (token_hash);
CREATE INDEX auth_password_resets_expires_at ON auth_password_resets (expires_at);

CREATE TABLE auth_verifications (
    id text PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    entity_type text NOT NULL,
    entity_id text NOT NULL,
    canonical text NOT NULL,
    code_provider text NOT NULL,
    -- SHA-256 of the code, which is good while verified_at is empty
    code_hash bytea NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    verified_at timestamptz,
    metadata jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX auth_verifications_code_hash ON auth_verifications (code_hash);
CREATE UNIQUE INDEX auth_verifications_auth_identity_id_entity_type_canonical
    ON auth_verifications (auth_identity_id, entity_type, canonical);
CREATE INDEX auth_verifications_expires_at ON auth_verifications (expires_at);

CREATE TABLE auth_mfa_factors (
    id text PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    provider text NOT NULL,
    -- pending, enabled or disabled
    status text NOT NULL,
    -- what the provider keeps, encrypted; empty once it is disabled
    secret bytea,
    -- the last step of time whose code was used: each counts once
    last_step bigint NOT NULL,
    metadata jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE INDEX auth_mfa_factors_auth_identity_id ON auth_mfa_factors (auth_identity_id, status);
CREATE UNIQUE INDEX auth_mfa_factors_auth_identity_id_provider
    ON auth_mfa_factors (auth_identity_id, provider) WHERE status <> 'disabled';

CREATE TABLE auth_mfa_challenges (
    id text PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    -- the session that awaits it
    session_id text NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    auth_provider text NOT NULL,
    -- by what it can be answered, separated by spaces
    methods text NOT NULL,
    attempts bigint NOT NULL,
    max_attempts bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    completed_at timestamptz,
    metadata jsonb,
    created_at timestamptz NOT NULL
);

CREATE INDEX auth_mfa_challenges_session_id ON auth_mfa_challenges (session_id);
CREATE INDEX auth_mfa_challenges_auth_identity_id ON auth_mfa_challenges (auth_identity_id);
CREATE INDEX auth_mfa_challenges_expires_at ON auth_mfa_challenges (expires_at);

CREATE TABLE auth_mfa_recovery_codes (
    -- SHA-256 of the code. A code that was used is gone.
    hash bytea PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL
);

CREATE INDEX auth_mfa_recovery_codes_auth_identity_id ON auth_mfa_recovery_codes (auth_identity_id);

CREATE TABLE auth_api_keys (
    id text PRIMARY KEY,
    title text NOT NULL,
    -- SHA-256 of the key, and what is shown of it: `sk_1a2***f0e`
    token_hash bytea NOT NULL,
    redacted text NOT NULL,
    -- the user, or the API key, that made it
    created_by text,
    last_used_at timestamptz,
    expires_at timestamptz,
    -- may lie ahead: then it opens doors until then
    revoked_at timestamptz,
    revoked_by text,
    search_text text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE UNIQUE INDEX auth_api_keys_token_hash ON auth_api_keys (token_hash);
