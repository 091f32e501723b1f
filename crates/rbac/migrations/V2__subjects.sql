-- What somebody has from all his roles, in one row: made anew whenever he is given a role or one is taken from him, and
-- whenever one of his roles changes, so that a request finds it by one index. Whoever has no row has nothing.
CREATE TABLE rbac_subjects (
    id text PRIMARY KEY,
    -- the ids of the roles that he has himself, separated by spaces, in the order in which he got them
    role_ids text NOT NULL,
    -- what they allow, as rbac_roles has it
    grants text NOT NULL,
    -- whether one of them requires a second factor
    requires_mfa boolean NOT NULL
);

INSERT INTO rbac_subjects (id, role_ids, grants, requires_mfa)
    SELECT assignment.subject_id,
        string_agg(role.id, ' ' ORDER BY assignment.created_at, role.id),
        string_agg(role.grants, ' ' ORDER BY assignment.created_at, role.id),
        count(*) FILTER (WHERE role.requires_mfa) > 0
    FROM rbac_assignments assignment
    JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
    GROUP BY assignment.subject_id;
