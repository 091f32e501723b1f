CREATE TABLE audit_entries (
    id text PRIMARY KEY,
    -- what was done: `user.locked`, `role.policies_added`, …
    action text NOT NULL,
    -- who did it: `user`, `api_key`, `identity`, `operator` or `nobody`, and his id
    actor_type text NOT NULL,
    actor_id text,
    -- to whom or what
    target_type text NOT NULL,
    target_id text NOT NULL,
    -- from where
    address text,
    user_agent text,
    request_id text,
    -- what it was before and after, of privileges and of what else an auditor would ask for; never a secret
    before jsonb,
    after jsonb,
    created_at timestamptz NOT NULL
);

CREATE INDEX audit_entries_target_id ON audit_entries (target_id, id);
CREATE INDEX audit_entries_actor_id ON audit_entries (actor_id, id);
CREATE INDEX audit_entries_action ON audit_entries (action, id);
CREATE INDEX audit_entries_created_at ON audit_entries (created_at, id);
