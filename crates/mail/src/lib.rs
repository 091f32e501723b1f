//! What the mails say, and how they leave.
