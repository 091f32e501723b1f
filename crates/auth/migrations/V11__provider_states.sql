-- Sign-ins that have gone to a provider and have not come back. A row is used once, and expires after ten minutes.
CREATE TABLE auth_provider_states (
    -- SHA-256 of the state, which the provider sends back
    hash bytea PRIMARY KEY,
    provider text NOT NULL,
    actor_type text NOT NULL,
    -- SHA-256 of the secret in the browser's cookie; empty for a client that keeps no cookies
    browser_hash bytea NOT NULL,
    -- nonce, PKCE verifier, callback URL and where to continue, encrypted
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX auth_provider_states_expires_at ON auth_provider_states (expires_at);
