//! Writing the users that an import brings, and undoing it.
//!
//! Users keep their ids and times, and no event is recorded: a directory that moves in sends no mails. The caller has looked for what
//! is there already ([`UserModule::find_present_within`]).

mod forget;
mod present;
mod user;

pub use self::present::{PresentUsers, SoughtUsers};
pub use self::user::{Adapted, ImportUser};
