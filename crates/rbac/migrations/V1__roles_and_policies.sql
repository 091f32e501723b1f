-- What may be done: `resource:operation`, each part also `*` for all.
CREATE TABLE rbac_policies (
    id text PRIMARY KEY,
    key text NOT NULL,
    resource text NOT NULL,
    operation text NOT NULL,
    name text,
    description text,
    metadata jsonb,
    search_text text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);

-- Unique indexes are named after table and columns: that is how both engines name a violation.
CREATE UNIQUE INDEX rbac_policies_key ON rbac_policies (key) WHERE deleted_at IS NULL;

CREATE TABLE rbac_roles (
    id text PRIMARY KEY,
    name text NOT NULL,
    description text,
    metadata jsonb,
    -- whoever has the role must have a second factor
    requires_mfa boolean NOT NULL,
    -- the keys of the role's own policies and of its ancestors', separated by spaces: made anew whenever one of them
    -- changes, so that a request reads what somebody may do without walking the tree
    grants text NOT NULL,
    search_text text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE UNIQUE INDEX rbac_roles_name ON rbac_roles (name) WHERE deleted_at IS NULL;

-- A role has what its parents have.
CREATE TABLE rbac_role_parents (
    role_id text NOT NULL REFERENCES rbac_roles (id) ON DELETE CASCADE,
    parent_id text NOT NULL REFERENCES rbac_roles (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, parent_id)
);

CREATE INDEX rbac_role_parents_parent_id ON rbac_role_parents (parent_id);

CREATE TABLE rbac_role_policies (
    id text PRIMARY KEY,
    role_id text NOT NULL REFERENCES rbac_roles (id) ON DELETE CASCADE,
    policy_id text NOT NULL REFERENCES rbac_policies (id) ON DELETE CASCADE,
    metadata jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX rbac_role_policies_role_id_policy_id ON rbac_role_policies (role_id, policy_id);
CREATE INDEX rbac_role_policies_policy_id ON rbac_role_policies (policy_id);

-- Who has a role: a user, an invite (for whoever accepts it), an API key. Ids name their kind by their prefix.
CREATE TABLE rbac_assignments (
    subject_id text NOT NULL,
    role_id text NOT NULL REFERENCES rbac_roles (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (subject_id, role_id)
);

CREATE INDEX rbac_assignments_role_id ON rbac_assignments (role_id, subject_id);

-- One row, written by whoever changes roles or who has them where that must not happen twice at once: no cycle is
-- closed by two halves, and the last super admin is not taken away by two who look at once.
CREATE TABLE rbac_turn (
    id bigint PRIMARY KEY,
    taken bigint NOT NULL
);

INSERT INTO rbac_turn (id, taken) VALUES (1, 0);
