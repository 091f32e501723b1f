-- The second factor that began a session, or completed its sign-in: a passkey that is removed ends its sessions.
ALTER TABLE auth_sessions ADD COLUMN mfa_factor_id text;
