-- Whose account a count of failed attempts belongs to, where it is not the account's first one: the codes of its second
-- factor, a known device of its owner, a live session.
ALTER TABLE auth_attempts ADD COLUMN owner text;

CREATE INDEX auth_attempts_owner ON auth_attempts (owner);

-- Browsers on which an owner has signed in before: each has its own count of failed attempts, so that no stranger's keeps
-- the owner out. It grants no access.
CREATE TABLE auth_known_devices (
    -- SHA-256 of the cookie's secret
    hash bytea PRIMARY KEY,
    auth_identity_id text NOT NULL REFERENCES auth_identities (id) ON DELETE CASCADE,
    last_used_at timestamptz NOT NULL
);

CREATE INDEX auth_known_devices_auth_identity_id ON auth_known_devices (auth_identity_id, last_used_at);
CREATE INDEX auth_known_devices_last_used_at ON auth_known_devices (last_used_at);
