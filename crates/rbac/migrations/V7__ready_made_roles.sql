-- Which ready-made roles a database has been given. Each is given once: one that was renamed or deleted does not come back.
CREATE TABLE rbac_ready_made_roles (
    role_id text PRIMARY KEY
);
