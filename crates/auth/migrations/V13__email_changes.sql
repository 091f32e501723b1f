-- Changes of an actor's e-mail address. A row is the link of one mail: to the new address, where the change is confirmed, or to
-- the old one, from where it is reverted. It works once.
CREATE TABLE auth_email_changes (
    -- SHA-256 of the token
    token_hash bytea PRIMARY KEY,
    -- confirm or revert
    purpose text NOT NULL,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    old_email text NOT NULL,
    new_email text NOT NULL,
    -- the user who requested the change for another one. It is confirmed only while that user may do all that the other may.
    issued_by text,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);

-- One change at a time waits to be confirmed. Several can be reverted, each from the address that it replaced.
CREATE UNIQUE INDEX auth_email_changes_actor_type_actor_id ON auth_email_changes (actor_type, actor_id)
    WHERE purpose = 'confirm';
CREATE INDEX auth_email_changes_actor_id ON auth_email_changes (actor_id);
CREATE INDEX auth_email_changes_expires_at ON auth_email_changes (expires_at);
