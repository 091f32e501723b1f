-- Whether the user has a second factor, as the program reports it (`UserModule::note_second_factor_within`): the factors are another
-- module's, and users without one may be few among millions.
ALTER TABLE users ADD COLUMN has_second_factor boolean NOT NULL DEFAULT false;

-- What a process did once in batches, after the migration: `second_factors` notes those that users had before.
CREATE TABLE user_fillings (
    name text PRIMARY KEY
);

-- [sqlite]

CREATE INDEX users_without_second_factor ON users (created_at, id) WHERE NOT has_second_factor AND deleted_at IS NULL;

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY users_without_second_factor ON users (created_at, id) WHERE NOT has_second_factor AND deleted_at IS NULL;
