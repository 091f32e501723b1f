-- How many users and invites there are, in the parts by which lists are filtered (docs/decisions/0033-counting.md). A count is the sum
-- of its rows. The row 'filled' says that what was there before the triggers is counted as well.
CREATE TABLE user_counts (
    name text NOT NULL,
    -- hours or minutes since 1970 where a count depends on the time, otherwise 0
    bucket bigint NOT NULL,
    -- on PostgreSQL the minute and the server's process that counted, so that no writer waits for another; 0 for all before
    slot bigint NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (name, bucket, slot)
);

-- [sqlite]

-- The invites that expire in the minute that is not over yet.
CREATE INDEX invites_expires_at ON invites (expires_at) WHERE state = 'pending' AND deleted_at IS NULL;

INSERT INTO user_counts (name, bucket, slot, number)
    SELECT CASE WHEN deleted_at IS NOT NULL THEN 'users deleted' WHEN locked_at IS NOT NULL THEN 'users locked'
        ELSE 'users active' END, 0, 0, count(*)
    FROM users GROUP BY 1;

INSERT INTO user_counts (name, bucket, slot, number)
    SELECT CASE WHEN deleted_at IS NULL THEN 'invites ' || state ELSE 'invites deleted' END, 0, 0, count(*)
    FROM invites GROUP BY 1;

INSERT INTO user_counts (name, bucket, slot, number)
    SELECT 'invites by hour', expires_at / 3600000000, 0, count(*)
    FROM invites WHERE state = 'pending' AND deleted_at IS NULL GROUP BY 2;

INSERT INTO user_counts (name, bucket, slot, number)
    SELECT 'invites by minute', expires_at / 60000000, 0, count(*)
    FROM invites WHERE state = 'pending' AND deleted_at IS NULL GROUP BY 2;

INSERT INTO user_counts (name, bucket, slot, number) VALUES ('filled', 0, 0, 1);

-- Triggers, so that writes of older builds are counted as well.
CREATE TRIGGER users_counted_insert AFTER INSERT ON users BEGIN
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN NEW.deleted_at IS NOT NULL THEN 'users deleted' WHEN NEW.locked_at IS NOT NULL THEN 'users locked'
        ELSE 'users active' END, 0, 0, 1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER users_counted_delete AFTER DELETE ON users BEGIN
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN OLD.deleted_at IS NOT NULL THEN 'users deleted' WHEN OLD.locked_at IS NOT NULL THEN 'users locked'
        ELSE 'users active' END, 0, 0, -1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
END;

CREATE TRIGGER users_counted_update AFTER UPDATE OF deleted_at, locked_at ON users
WHEN (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) OR (OLD.locked_at IS NULL) <> (NEW.locked_at IS NULL) BEGIN
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN OLD.deleted_at IS NOT NULL THEN 'users deleted' WHEN OLD.locked_at IS NOT NULL THEN 'users locked'
        ELSE 'users active' END, 0, 0, -1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN NEW.deleted_at IS NOT NULL THEN 'users deleted' WHEN NEW.locked_at IS NOT NULL THEN 'users locked'
        ELSE 'users active' END, 0, 0, 1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER invites_counted_insert AFTER INSERT ON invites BEGIN
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN NEW.deleted_at IS NULL THEN 'invites ' || NEW.state ELSE 'invites deleted' END, 0, 0, 1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
    INSERT INTO user_counts (name, bucket, slot, number)
    SELECT parts.column1, parts.column2, 0, 1
    FROM (VALUES ('invites by hour', NEW.expires_at / 3600000000), ('invites by minute', NEW.expires_at / 60000000)) parts
    WHERE NEW.state = 'pending' AND NEW.deleted_at IS NULL
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER invites_counted_delete AFTER DELETE ON invites BEGIN
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN OLD.deleted_at IS NULL THEN 'invites ' || OLD.state ELSE 'invites deleted' END, 0, 0, -1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
    INSERT INTO user_counts (name, bucket, slot, number)
    SELECT parts.column1, parts.column2, 0, -1
    FROM (VALUES ('invites by hour', OLD.expires_at / 3600000000), ('invites by minute', OLD.expires_at / 60000000)) parts
    WHERE OLD.state = 'pending' AND OLD.deleted_at IS NULL
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
END;

CREATE TRIGGER invites_counted_update AFTER UPDATE OF state, deleted_at, expires_at ON invites
WHEN OLD.state <> NEW.state OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) OR OLD.expires_at <> NEW.expires_at BEGIN
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN OLD.deleted_at IS NULL THEN 'invites ' || OLD.state ELSE 'invites deleted' END, 0, 0, -1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
    INSERT INTO user_counts (name, bucket, slot, number)
    SELECT parts.column1, parts.column2, 0, -1
    FROM (VALUES ('invites by hour', OLD.expires_at / 3600000000), ('invites by minute', OLD.expires_at / 60000000)) parts
    WHERE OLD.state = 'pending' AND OLD.deleted_at IS NULL
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
    INSERT INTO user_counts (name, bucket, slot, number)
    VALUES (CASE WHEN NEW.deleted_at IS NULL THEN 'invites ' || NEW.state ELSE 'invites deleted' END, 0, 0, 1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
    INSERT INTO user_counts (name, bucket, slot, number)
    SELECT parts.column1, parts.column2, 0, 1
    FROM (VALUES ('invites by hour', NEW.expires_at / 3600000000), ('invites by minute', NEW.expires_at / 60000000)) parts
    WHERE NEW.state = 'pending' AND NEW.deleted_at IS NULL
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
END;

-- [postgres]

-- A row is changed again and again: its versions stay on their page. They are few even if an old snapshot (a backup) keeps all of
-- them, since each minute begins another row.
ALTER TABLE user_counts SET (fillfactor = 50);

CREATE FUNCTION users_counted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    here bigint := (floor(extract(epoch FROM clock_timestamp()) / 60)::bigint << 32) + pg_backend_pid();
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO user_counts AS kept (name, bucket, slot, number)
        SELECT CASE WHEN deleted_at IS NOT NULL THEN 'users deleted' WHEN locked_at IS NOT NULL THEN 'users locked'
            ELSE 'users active' END, 0, here, count(*)
        FROM added GROUP BY 1
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO user_counts AS kept (name, bucket, slot, number)
        SELECT CASE WHEN deleted_at IS NOT NULL THEN 'users deleted' WHEN locked_at IS NOT NULL THEN 'users locked'
            ELSE 'users active' END, 0, here, -count(*)
        FROM removed GROUP BY 1
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    ELSE
        INSERT INTO user_counts AS kept (name, bucket, slot, number)
        SELECT CASE WHEN deleted_at IS NOT NULL THEN 'users deleted' WHEN locked_at IS NOT NULL THEN 'users locked'
            ELSE 'users active' END, 0, here, sum(difference)
        FROM (SELECT deleted_at, locked_at, 1 AS difference FROM added
              UNION ALL SELECT deleted_at, locked_at, -1 FROM removed) changed
        GROUP BY 1 HAVING sum(difference) <> 0
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION invites_counted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    here bigint := (floor(extract(epoch FROM clock_timestamp()) / 60)::bigint << 32) + pg_backend_pid();
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO user_counts AS kept (name, bucket, slot, number)
        SELECT part.name, part.bucket, here, count(*)
        FROM added, LATERAL (VALUES
            (CASE WHEN deleted_at IS NULL THEN 'invites ' || state ELSE 'invites deleted' END, 0),
            ('invites by hour', floor(extract(epoch FROM expires_at) / 3600)),
            ('invites by minute', floor(extract(epoch FROM expires_at) / 60))) part (name, bucket)
        WHERE part.bucket = 0 OR state = 'pending' AND deleted_at IS NULL
        GROUP BY 1, 2
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO user_counts AS kept (name, bucket, slot, number)
        SELECT part.name, part.bucket, here, -count(*)
        FROM removed, LATERAL (VALUES
            (CASE WHEN deleted_at IS NULL THEN 'invites ' || state ELSE 'invites deleted' END, 0),
            ('invites by hour', floor(extract(epoch FROM expires_at) / 3600)),
            ('invites by minute', floor(extract(epoch FROM expires_at) / 60))) part (name, bucket)
        WHERE part.bucket = 0 OR state = 'pending' AND deleted_at IS NULL
        GROUP BY 1, 2
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    ELSE
        INSERT INTO user_counts AS kept (name, bucket, slot, number)
        SELECT part.name, part.bucket, here, sum(difference)
        FROM (SELECT state, deleted_at, expires_at, 1 AS difference FROM added
              UNION ALL SELECT state, deleted_at, expires_at, -1 FROM removed) changed, LATERAL (VALUES
            (CASE WHEN deleted_at IS NULL THEN 'invites ' || state ELSE 'invites deleted' END, 0),
            ('invites by hour', floor(extract(epoch FROM expires_at) / 3600)),
            ('invites by minute', floor(extract(epoch FROM expires_at) / 60))) part (name, bucket)
        WHERE part.bucket = 0 OR state = 'pending' AND deleted_at IS NULL
        GROUP BY 1, 2 HAVING sum(difference) <> 0
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    END IF;
    RETURN NULL;
END $$;

-- Writers use these tables in one order or the other: this lets them pass and tries again. The limit is longer than PostgreSQL
-- needs to notice that two wait for each other, and to stop an automatic VACUUM.
DO $$
DECLARE
    limit_before varchar := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', '1500ms', true);
    LOOP
        BEGIN
            LOCK TABLE users, invites IN SHARE ROW EXCLUSIVE MODE;
            EXIT;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            PERFORM pg_sleep(0.5);
        END;
    END LOOP;
    PERFORM set_config('lock_timeout', limit_before, true);
END $$;

CREATE TRIGGER users_counted_insert AFTER INSERT ON users
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION users_counted();

CREATE TRIGGER users_counted_delete AFTER DELETE ON users
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION users_counted();

CREATE TRIGGER users_counted_update AFTER UPDATE ON users
    REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION users_counted();

CREATE TRIGGER invites_counted_insert AFTER INSERT ON invites
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invites_counted();

CREATE TRIGGER invites_counted_delete AFTER DELETE ON invites
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION invites_counted();

CREATE TRIGGER invites_counted_update AFTER UPDATE ON invites
    REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invites_counted();

-- Where there is anything, it is counted later, beside writers (`Database::fill_counts`).
INSERT INTO user_counts (name, bucket, slot, number)
    SELECT 'filled', 0, 0, 1 WHERE NOT EXISTS (SELECT 1 FROM users) AND NOT EXISTS (SELECT 1 FROM invites);

-- [postgres, beside writers]

CREATE INDEX CONCURRENTLY invites_expires_at ON invites (expires_at) WHERE state = 'pending' AND deleted_at IS NULL;
