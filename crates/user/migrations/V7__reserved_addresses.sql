-- The address that a user had before a change which can still be reverted. No other user takes it until then.
CREATE TABLE user_reserved_addresses (
    email_canonical text PRIMARY KEY,
    user_id text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX user_reserved_addresses_user_id ON user_reserved_addresses (user_id);
CREATE INDEX user_reserved_addresses_expires_at ON user_reserved_addresses (expires_at);
