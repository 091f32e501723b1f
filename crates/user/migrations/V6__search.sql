-- Searching (docs/decisions/0031-searching.md). search_text is folded from now on, and begins with a space; what was written by
-- older builds, now or later, is in the indexes …_unfolded until it is folded.

-- [sqlite]

-- FTS5 finds its rows by number, and only declared numbers survive VACUUM. A changed text gets a new number.
CREATE TABLE users_numbers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id text NOT NULL
);

CREATE UNIQUE INDEX users_numbers_id ON users_numbers (id);

CREATE VIRTUAL TABLE users_trigrams USING fts5 (
    folded, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);

-- Triggers, so that writes of older builds are found as well.
CREATE TRIGGER users_numbers_insert AFTER INSERT ON users BEGIN
    INSERT INTO users_numbers (id) VALUES (NEW.id);
END;

CREATE TRIGGER users_numbers_update AFTER UPDATE OF search_text ON users
WHEN OLD.search_text IS NOT NEW.search_text BEGIN
    DELETE FROM users_numbers WHERE id = OLD.id;
    INSERT INTO users_numbers (id) VALUES (NEW.id);
END;

CREATE TRIGGER users_numbers_delete AFTER DELETE ON users BEGIN
    DELETE FROM users_numbers WHERE id = OLD.id;
END;

CREATE TRIGGER users_trigrams_delete AFTER DELETE ON users_numbers BEGIN
    DELETE FROM users_trigrams WHERE rowid = OLD.number;
END;

-- The index takes rows in by 256, because it writes a page for each transaction. A search reads the rest row by row.
CREATE TRIGGER users_trigrams_insert AFTER INSERT ON users_numbers WHEN NEW.number % 256 = 0 BEGIN
    INSERT INTO users_trigrams (rowid, folded)
    SELECT users_numbers.number, users.search_text
    FROM users_numbers CROSS JOIN users ON users.id = users_numbers.id
    WHERE users_numbers.number > NEW.number - 256 AND users_numbers.number <= NEW.number;
END;

CREATE TABLE invites_numbers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id text NOT NULL
);

CREATE UNIQUE INDEX invites_numbers_id ON invites_numbers (id);

CREATE VIRTUAL TABLE invites_trigrams USING fts5 (
    folded, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);

CREATE TRIGGER invites_numbers_insert AFTER INSERT ON invites BEGIN
    INSERT INTO invites_numbers (id) VALUES (NEW.id);
END;

CREATE TRIGGER invites_numbers_update AFTER UPDATE OF search_text ON invites
WHEN OLD.search_text IS NOT NEW.search_text BEGIN
    DELETE FROM invites_numbers WHERE id = OLD.id;
    INSERT INTO invites_numbers (id) VALUES (NEW.id);
END;

CREATE TRIGGER invites_numbers_delete AFTER DELETE ON invites BEGIN
    DELETE FROM invites_numbers WHERE id = OLD.id;
END;

CREATE TRIGGER invites_trigrams_delete AFTER DELETE ON invites_numbers BEGIN
    DELETE FROM invites_trigrams WHERE rowid = OLD.number;
END;

CREATE TRIGGER invites_trigrams_insert AFTER INSERT ON invites_numbers WHEN NEW.number % 256 = 0 BEGIN
    INSERT INTO invites_trigrams (rowid, folded)
    SELECT invites_numbers.number, invites.search_text
    FROM invites_numbers CROSS JOIN invites ON invites.id = invites_numbers.id
    WHERE invites_numbers.number > NEW.number - 256 AND invites_numbers.number <= NEW.number;
END;

CREATE INDEX users_unfolded ON users (id) WHERE substr(search_text, 1, 1) <> ' ';

CREATE INDEX invites_unfolded ON invites (id) WHERE substr(search_text, 1, 1) <> ' ';

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY users_unfolded ON users (id) WHERE substr(search_text, 1, 1) <> ' ';

CREATE INDEX CONCURRENTLY invites_unfolded ON invites (id) WHERE substr(search_text, 1, 1) <> ' ';

-- What writers have added to the index since it was last tidied up is read row by row: as much as 256 KiB.
CREATE INDEX CONCURRENTLY users_trigrams ON users USING gin (search_text gin_trgm_ops) WITH (gin_pending_list_limit = 256);

CREATE INDEX CONCURRENTLY invites_trigrams ON invites USING gin (search_text gin_trgm_ops) WITH (gin_pending_list_limit = 256);
