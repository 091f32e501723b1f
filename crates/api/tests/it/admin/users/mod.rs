//! `/admin/users`

mod auth_providers;
mod create;
mod delete;
mod failed_attempts;
mod identities;
mod list;
mod lock;
mod me;
mod mfa;
mod passkeys;
mod rbac_roles;
mod reset_password;
mod retrieve;
mod roles;
mod sessions;
mod update;
