-- How many mails strangers have caused to a recipient, and when the next one may go: microseconds since 1970, which both
-- engines add. A reset for an address that has no account writes one of 256 rows that no recipient has.
CREATE TABLE auth_stranger_mails (
    recipient text PRIMARY KEY,
    number bigint NOT NULL,
    next_at bigint NOT NULL
);

CREATE INDEX auth_stranger_mails_next_at ON auth_stranger_mails (next_at);
