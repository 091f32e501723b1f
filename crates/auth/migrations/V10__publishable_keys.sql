-- Publishable keys are no secret and open nothing: their token is kept as it is, and shown in lists. Their `token_hash` is
-- found by no one, since sign-in looks for secret keys only; it keeps tokens unique.
ALTER TABLE auth_api_keys ADD COLUMN type text NOT NULL DEFAULT 'secret';
ALTER TABLE auth_api_keys ADD COLUMN publishable_token text;
