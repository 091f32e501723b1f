CREATE TABLE auth_identities (
    id text PRIMARY KEY,
    app_metadata jsonb NOT NULL,
    -- when an identity that nobody has claimed goes away; empty once somebody has
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE INDEX auth_identities_expires_at ON auth_identities (expires_at);

-- Whom an identity belongs to: the `user_id` of the reference's app_metadata, where it can be found by an index.
CREATE TABLE auth_identity_actors (
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    PRIMARY KEY (auth_identity_id, actor_type)
);

CREATE INDEX auth_identity_actors_actor ON auth_identity_actors (actor_type, actor_id);

CREATE TABLE provider_identities (
    id text PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    provider text NOT NULL,
    -- as the provider shows it, and in the form in which it is compared
    entity_id text NOT NULL,
    entity_canonical text NOT NULL,
    -- what tells registrations of one entity apart that nobody has claimed yet
    registration_key text NOT NULL,
    claimed boolean NOT NULL,
    user_metadata jsonb,
    -- the password's hash, ...: never shown
    provider_metadata jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Unique indexes are named after table and columns: that is how both engines name a violation.
-- An entity is unique among the claimed. Strangers may register an address as often as they like: they block nobody.
CREATE UNIQUE INDEX provider_identities_provider_entity_canonical
    ON provider_identities (provider, entity_canonical) WHERE claimed;
CREATE UNIQUE INDEX provider_identities_provider_entity_canonical_registration_key
    ON provider_identities (provider, entity_canonical, registration_key) WHERE NOT claimed;
CREATE INDEX provider_identities_auth_identity_id ON provider_identities (auth_identity_id);

CREATE TABLE auth_sessions (
    id text PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    actor_type text NOT NULL,
    provider text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX auth_sessions_auth_identity_id ON auth_sessions (auth_identity_id);
CREATE INDEX auth_sessions_expires_at ON auth_sessions (expires_at);

-- The cookies of a session: each browser that was given one has its own.
CREATE TABLE auth_session_cookies (
    -- SHA-256 of the cookie's secret
    hash bytea PRIMARY KEY,
    session_id text NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

CREATE INDEX auth_session_cookies_session_id ON auth_session_cookies (session_id, expires_at);
