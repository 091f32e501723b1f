//! Users with their identities, roles and sessions: created, changed, locked, removed, listed.

mod attempts;
mod create;
mod erase;
mod first;
mod list;
mod lock;
mod remove;
mod update;

pub use self::attempts::ClearAttemptsError;
pub use self::create::{CreateUserAccount, CreateUserAccountError, SignInMethod, UserAccount};
pub use self::erase::{EraseUserError, Erased};
pub use self::first::FirstUserError;
pub use self::list::{LastSeen, UserOrder, UserQuery, UserState, UserSummary};
pub use self::lock::LockUserError;
pub use self::remove::RemoveUserAccountError;
pub use self::update::UpdateUserAccountError;
