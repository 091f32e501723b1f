-- The holders of a role, in the order in which they received it.

-- [sqlite]

CREATE INDEX rbac_assignments_of_role ON rbac_assignments (role_id, created_at, subject_id);

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY rbac_assignments_of_role ON rbac_assignments (role_id, created_at, subject_id);
