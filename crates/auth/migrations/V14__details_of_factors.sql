-- What a provider states of a factor, to be shown: of a passkey its credential id, and whether it is backed up.
ALTER TABLE auth_mfa_factors ADD COLUMN details jsonb;
