//! Users with their identities, roles and sessions: created, changed, locked, removed, listed.

mod attempts;
mod create;
mod first;
mod list;
mod lock;
mod remove;
mod update;

pub use self::attempts::ClearAttemptsError;
pub use self::create::{CreateUserAccount, CreateUserAccountError, UserAccount, WayIn};
pub use self::first::FirstUserError;
pub use self::list::{PeopleOrder, PeopleQuery, PeopleState, Person};
pub use self::lock::LockUserError;
pub use self::remove::RemoveUserAccountError;
pub use self::update::UpdateUserAccountError;

/// The columns of a [`User`](vestibule_user::User) of the table `users`, as a literal for `concat!`.
macro_rules! user_columns {
    () => {
        "users.id AS id, users.first_name AS first_name, users.last_name AS last_name, users.email AS email,
         users.avatar_url AS avatar_url, users.metadata AS metadata, users.locked_at AS locked_at,
         users.created_at AS created_at, users.updated_at AS updated_at, users.deleted_at AS deleted_at"
    };
}
pub(crate) use user_columns;
