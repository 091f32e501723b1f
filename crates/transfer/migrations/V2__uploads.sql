-- Tables that were uploaded on a page, to be checked and imported. They are deleted after a day.
CREATE TABLE transfer_uploads (
    id text PRIMARY KEY,
    -- the user who uploaded it
    created_by text NOT NULL,
    -- what the file was called
    name text NOT NULL,
    bytes bigint NOT NULL,
    row_count bigint NOT NULL,
    -- new, checking, checked, running or finished
    state text NOT NULL,
    -- what its columns become, and what is done where there is a choice
    choices jsonb,
    -- how many rows the present step has done
    rows_done bigint NOT NULL,
    -- what the last step has found, or done
    outcome jsonb,
    -- why the last step stopped
    problem text,
    -- the import, once there is one
    import_id text,
    -- the task that does the present step, and when it was last seen: one that is no longer seen has died
    worker text,
    seen_at timestamptz,
    created_at timestamptz NOT NULL
);

CREATE INDEX transfer_uploads_created_at ON transfer_uploads (created_at);

-- The table itself and the reports of its steps, sealed: it may have hashes of passwords and secrets of second factors. They are apart,
-- because the row above is written while the import runs.
CREATE TABLE transfer_files (
    upload_id text NOT NULL REFERENCES transfer_uploads (id) ON DELETE CASCADE,
    -- table, checked or imported
    name text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (upload_id, name)
);
