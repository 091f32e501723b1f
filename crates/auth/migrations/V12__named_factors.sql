-- A user has several second factors of a kind, told apart by their names. Names are unique for the actor, whose identities
-- share the factors: the code that starts and renames factors sees to it under a lock of the identities.
ALTER TABLE auth_mfa_factors ADD COLUMN name text NOT NULL DEFAULT 'Authenticator app';
UPDATE auth_mfa_factors SET name = provider WHERE provider <> 'totp';
ALTER TABLE auth_mfa_factors ADD COLUMN last_used_at timestamptz;
DROP INDEX auth_mfa_factors_auth_identity_id_provider;

-- what the browser needs to answer, by method; and what the methods remember of the challenge, encrypted
ALTER TABLE auth_mfa_challenges ADD COLUMN ceremonies jsonb;
ALTER TABLE auth_mfa_challenges ADD COLUMN state bytea;
