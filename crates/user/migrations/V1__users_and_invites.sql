CREATE TABLE users (
    id text PRIMARY KEY,
    email text NOT NULL,
    email_canonical text NOT NULL,
    first_name text,
    last_name text,
    avatar_url text,
    metadata jsonb,
    -- e-mail and names in lower case, one a line: what a search looks through
    search_text text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);

-- Unique indexes are named after table and columns: that is how both engines name a violation.
CREATE UNIQUE INDEX users_email_canonical ON users (email_canonical) WHERE deleted_at IS NULL;

CREATE TABLE invites (
    id text PRIMARY KEY,
    email text NOT NULL,
    email_canonical text NOT NULL,
    -- pending, accepted or revoked; a pending invite past expires_at has expired
    state text NOT NULL,
    -- with the id, the address and the times, what the token is made of; opens nothing without the secret
    nonce text NOT NULL,
    expires_at timestamptz NOT NULL,
    metadata jsonb,
    -- the user who was created beforehand and comes in by this invite; empty where acceptance creates the user
    user_id text,
    invited_by text,
    accepted_by text,
    accepted_at timestamptz,
    revoked_at timestamptz,
    -- the newer invite that took the place of this one, which had expired
    replaced_by text,
    times_sent bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    search_text text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE UNIQUE INDEX invites_email_canonical ON invites (email_canonical) WHERE state = 'pending' AND deleted_at IS NULL;
CREATE INDEX invites_state ON invites (state, id);
