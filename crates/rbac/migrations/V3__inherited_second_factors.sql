-- Whether the role or one of its ancestors requires a second factor: written whenever one of them changes, as grants is.
ALTER TABLE rbac_roles ADD COLUMN needs_mfa boolean NOT NULL DEFAULT false;

UPDATE rbac_roles SET needs_mfa = true WHERE id IN (
    WITH RECURSIVE below (id) AS (
        SELECT id FROM rbac_roles WHERE requires_mfa AND deleted_at IS NULL
        UNION SELECT parents.role_id FROM rbac_role_parents parents
        JOIN below ON below.id = parents.parent_id
    )
    SELECT id FROM below);

UPDATE rbac_subjects SET requires_mfa = true WHERE id IN (
    SELECT assignment.subject_id FROM rbac_assignments assignment
    JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
    WHERE role.needs_mfa);
