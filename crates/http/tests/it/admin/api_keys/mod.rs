//! `/admin/api-keys`

mod create;
mod credentials;
mod list;
mod revoke;
mod rights;
