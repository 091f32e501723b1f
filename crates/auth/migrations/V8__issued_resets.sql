-- The user or API key that was shown the token, to hand it on; empty where it was mailed to its owner, or the operator made it.
-- The token works as long as that caller may do all that its owner may.
ALTER TABLE auth_password_resets ADD COLUMN issued_by text;

-- The keys that a user has made are shown with the user.
CREATE INDEX auth_api_keys_created_by ON auth_api_keys (created_by);
