-- Who caused it: the owner or an administrator, or a caller without a session, whose mails wait and let others pass.
ALTER TABLE deliveries ADD COLUMN origin text NOT NULL DEFAULT 'authenticated';
