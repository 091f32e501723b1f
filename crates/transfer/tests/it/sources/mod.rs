//! A file or database of each program. Hashes are by Medusa, better-auth and Python's libraries, not by our own.

mod auth0;
mod better_auth;
mod clerk;
mod keycloak;
mod medusa;
mod medusa_roles;
mod supabase;
