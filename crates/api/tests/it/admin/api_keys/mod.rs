//! `/admin/api-keys`

mod create;
mod credentials;
mod list;
mod publishable;
mod revoke;
mod rights;
