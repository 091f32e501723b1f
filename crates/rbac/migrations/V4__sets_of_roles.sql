-- What holders have is the same for all who have the same roles, and stored once for each set of roles: a change of a role
-- writes the sets that contain it, however many hold them.
CREATE TABLE rbac_role_sets (
    -- the ids of the roles, sorted and separated by spaces; something else where that would be long
    id text PRIMARY KEY,
    -- those of them that are not deleted, as the id has them
    role_ids text NOT NULL,
    -- what they allow, as rbac_roles has it
    grants text NOT NULL,
    -- whether one of them requires a second factor
    requires_mfa boolean NOT NULL
);

CREATE TABLE rbac_role_set_roles (
    role_id text NOT NULL REFERENCES rbac_roles (id) ON DELETE CASCADE,
    set_id text NOT NULL REFERENCES rbac_role_sets (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, set_id)
);

-- Which set a subject has. An empty id is the set of no roles, which is not in the table.
CREATE TABLE rbac_subject_sets (
    subject_id text PRIMARY KEY,
    set_id text NOT NULL
);

INSERT INTO rbac_subject_sets (subject_id, set_id)
    SELECT assignment.subject_id,
        CASE WHEN count(*) > 32 THEN 'of ' || assignment.subject_id ELSE string_agg(role.id, ' ' ORDER BY role.id) END
    FROM rbac_assignments assignment
    JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
    GROUP BY assignment.subject_id;

INSERT INTO rbac_role_sets (id, role_ids, grants, requires_mfa)
    SELECT DISTINCT set_id, '', '', false FROM rbac_subject_sets;

INSERT INTO rbac_role_set_roles (role_id, set_id)
    SELECT assignment.role_id, sets.set_id
    FROM (SELECT set_id, min(subject_id) AS subject_id FROM rbac_subject_sets GROUP BY set_id) sets
    JOIN rbac_assignments assignment ON assignment.subject_id = sets.subject_id
    JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL;

UPDATE rbac_role_sets SET (role_ids, grants, requires_mfa) = (
    SELECT COALESCE(string_agg(role.id, ' ' ORDER BY role.id), ''),
        COALESCE(string_agg(role.grants, ' ' ORDER BY role.id), ''),
        count(*) FILTER (WHERE role.needs_mfa) > 0
    FROM rbac_role_set_roles held
    JOIN rbac_roles role ON role.id = held.role_id
    WHERE held.set_id = rbac_role_sets.id);

-- Processes of the version before read subjects as they were, while they are replaced.
DROP TABLE rbac_subjects;

CREATE VIEW rbac_subjects AS
    SELECT subject_id AS id,
        (SELECT role_ids FROM rbac_role_sets WHERE rbac_role_sets.id = set_id) AS role_ids,
        (SELECT grants FROM rbac_role_sets WHERE rbac_role_sets.id = set_id) AS grants,
        (SELECT requires_mfa FROM rbac_role_sets WHERE rbac_role_sets.id = set_id) AS requires_mfa
    FROM rbac_subject_sets;
