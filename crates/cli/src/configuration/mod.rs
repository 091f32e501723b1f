//! What the operator may set: read from flags, variables and a file, checked, and handed on as typed values.
//!
//! - [`settings`]: THE table. One entry there is a field, a key of the file, a variable, a flag and a line of the docs
//! - `entries`: what can be set: each setting, and each key of each table that the file has
//! - [`sources`], [`flags`]: where values may come from, and how the command line and the process give them
//! - `values`, `variables`, `file`: who wins; what is unknown is refused with the nearest known name
//! - `clean`: what is left out or refused in every value
//! - `kinds`: how the text of a value is read; [`secret`], `secret_file`: the secret that signs tokens
//! - `value_file`: a file that holds one secret alone
//! - [`provenance`]: `config show`; [`mod@markdown`]: `docs/configuration.md`
//! - [`error`]: one line for every mistake, with the place and the mend
//!
//! Not here: printing, exit codes, and anything that opens a database or a socket. Reading a configuration writes
//! nothing; only [`Configuration::jwt_secret`] may make a file, and only for the embedded default database.

mod clean;
mod entries;
mod file;
mod kinds;
mod load;
mod nearest;
mod secret_file;
mod value_file;
mod values;
mod variables;

pub mod error;
pub mod flags;
pub mod markdown;
pub mod provenance;
pub mod secret;
pub mod settings;
pub mod sources;

#[cfg(test)]
mod tests;

pub use error::{ConfigurationError, SetBy, TrimmedSecret, UnknownVariable};
pub use flags::Flags;
pub use kinds::{DatabaseUrl, Hidden, LogFormat, MailServer, PublicUrl, RequiredVerification};
pub use load::Configuration;
pub use markdown::markdown;
pub use provenance::{Entry, Provenance};
pub use secret::{StrongSecret, WeakSecret};
pub use settings::{
    AuthSettings, CompatSettings, DatabaseSettings, EventSettings, HashingSettings, InviteSettings, LimitSettings,
    LogSettings, MailSettings, OidcSettings, RoleSettings, SETTINGS, ServerSettings, Setting, SmtpSettings, TABLES,
    Table, Unset, WebhookSettings,
};
pub use sources::Sources;
