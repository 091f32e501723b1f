-- Imports, each with how far it has come: an interrupted one continues there.
CREATE TABLE transfer_imports (
    id text PRIMARY KEY,
    -- medusa, csv, …
    source text NOT NULL,
    -- SHA-256 of the file, or of the database's address, with what the import was asked for
    fingerprint text NOT NULL,
    -- running, finished or undone
    state text NOT NULL,
    -- the last row that was imported
    mark text,
    -- what became of the rows so far
    counts jsonb NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    undone_at timestamptz
);

CREATE INDEX transfer_imports_fingerprint ON transfer_imports (fingerprint, state);

-- What each batch has created, and what was there before it changed anything: so that it can be undone.
CREATE TABLE transfer_batches (
    import_id text NOT NULL REFERENCES transfer_imports (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    created jsonb NOT NULL,
    updated jsonb NOT NULL,
    PRIMARY KEY (import_id, number)
);
