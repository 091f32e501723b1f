-- How many subjects of each kind have a role, by names such as 'user role_…' (docs/decisions/0033-counting.md). A count is the sum of
-- its rows. The row 'filled' says that what was there before the triggers is counted as well.
CREATE TABLE rbac_counts (
    name text NOT NULL,
    -- always 0
    bucket bigint NOT NULL,
    -- on PostgreSQL the minute and the server's process that counted, so that no writer waits for another; 0 for all before
    slot bigint NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (name, bucket, slot)
);

-- [sqlite]

INSERT INTO rbac_counts (name, bucket, slot, number)
    SELECT substr(subject_id, 1, instr(subject_id, '_') - 1) || ' ' || role_id, 0, 0, count(*)
    FROM rbac_assignments GROUP BY 1;

INSERT INTO rbac_counts (name, bucket, slot, number) VALUES ('filled', 0, 0, 1);

-- Triggers, so that writes of older builds are counted as well.
CREATE TRIGGER rbac_counted_insert AFTER INSERT ON rbac_assignments BEGIN
    INSERT INTO rbac_counts (name, bucket, slot, number)
    VALUES (substr(NEW.subject_id, 1, instr(NEW.subject_id, '_') - 1) || ' ' || NEW.role_id, 0, 0, 1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER rbac_counted_delete AFTER DELETE ON rbac_assignments BEGIN
    INSERT INTO rbac_counts (name, bucket, slot, number)
    VALUES (substr(OLD.subject_id, 1, instr(OLD.subject_id, '_') - 1) || ' ' || OLD.role_id, 0, 0, -1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
END;

CREATE TRIGGER rbac_counted_update AFTER UPDATE OF subject_id, role_id ON rbac_assignments BEGIN
    INSERT INTO rbac_counts (name, bucket, slot, number)
    VALUES (substr(OLD.subject_id, 1, instr(OLD.subject_id, '_') - 1) || ' ' || OLD.role_id, 0, 0, -1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number - 1;
    INSERT INTO rbac_counts (name, bucket, slot, number)
    VALUES (substr(NEW.subject_id, 1, instr(NEW.subject_id, '_') - 1) || ' ' || NEW.role_id, 0, 0, 1)
    ON CONFLICT (name, bucket, slot) DO UPDATE SET number = number + 1;
END;

-- [postgres]

-- A row is changed again and again: its versions stay on their page. They are few even if an old snapshot (a backup) keeps all of
-- them, since each minute begins another row.
ALTER TABLE rbac_counts SET (fillfactor = 50);

CREATE FUNCTION rbac_counted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    here bigint := (floor(extract(epoch FROM clock_timestamp()) / 60)::bigint << 32) + pg_backend_pid();
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO rbac_counts AS kept (name, bucket, slot, number)
        SELECT split_part(subject_id, '_', 1) || ' ' || role_id, 0, here, count(*)
        FROM added GROUP BY 1
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO rbac_counts AS kept (name, bucket, slot, number)
        SELECT split_part(subject_id, '_', 1) || ' ' || role_id, 0, here, -count(*)
        FROM removed GROUP BY 1
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    ELSE
        INSERT INTO rbac_counts AS kept (name, bucket, slot, number)
        SELECT split_part(subject_id, '_', 1) || ' ' || role_id, 0, here, sum(difference)
        FROM (SELECT subject_id, role_id, 1 AS difference FROM added
              UNION ALL SELECT subject_id, role_id, -1 FROM removed) changed
        GROUP BY 1 HAVING sum(difference) <> 0
        ON CONFLICT (name, bucket, slot) DO UPDATE SET number = kept.number + excluded.number;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER rbac_counted_insert AFTER INSERT ON rbac_assignments
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rbac_counted();

CREATE TRIGGER rbac_counted_delete AFTER DELETE ON rbac_assignments
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rbac_counted();

CREATE TRIGGER rbac_counted_update AFTER UPDATE ON rbac_assignments
    REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rbac_counted();

-- Where there is anything, it is counted later, beside writers (`Database::fill_counts`).
INSERT INTO rbac_counts (name, bucket, slot, number)
    SELECT 'filled', 0, 0, 1 WHERE NOT EXISTS (SELECT 1 FROM rbac_assignments);
