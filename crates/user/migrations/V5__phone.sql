-- A telephone number, as the user writes it.
ALTER TABLE users ADD COLUMN phone text;
