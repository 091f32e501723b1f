-- A secret key of an import, whose own program has a slow hash of it. It is found by what is shown of it, and gets our hash when it is
-- first used; until then its token_hash is random.
ALTER TABLE auth_api_keys ADD COLUMN imported_hash text;

CREATE INDEX auth_api_keys_imported ON auth_api_keys (redacted) WHERE imported_hash IS NOT NULL;
