//! security.md, number by number, as far as it concerns these routes. The rest is in the tests of the routes (5, 7, 8),
//! of the modules, and of the program.

mod access_changes;
mod address_limit;
mod addresses;
mod at_once;
mod authority;
mod closed;
mod concealed_tokens;
mod cookies;
mod forged;
mod grants;
mod headers;
mod inherits_nothing;
mod kinds_of_tokens;
mod last_super_admin;
mod last_user;
mod lockout;
mod mails;
mod matrix;
mod one_time;
mod protected_fields;
mod same_answer;
mod same_origin;
mod secrets;
mod sign_in;
mod strangers;
mod traces;
