-- When a session last began with this sign-in method; empty before the first time, and where it was not recorded yet.
ALTER TABLE provider_identities ADD COLUMN last_used_at timestamptz;
