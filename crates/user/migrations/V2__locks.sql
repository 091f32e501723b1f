-- since when a user is kept out by an administrator
ALTER TABLE users ADD COLUMN locked_at timestamptz;
