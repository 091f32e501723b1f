//! Who makes a request: a user by a session, or a program by an API key.

mod api_key;
mod session;

pub use api_key::ApiKeyCaller;
pub use session::{Credential, SessionCaller, Stage};
use vestibule_rbac::Permissions;

use crate::{Actor, Client, Context};

/// Who a request comes from.
#[derive(Debug, Clone)]
pub enum Caller {
    /// The owner of a session.
    Session(Box<SessionCaller>),
    /// A program with an API key.
    ApiKey(Box<ApiKeyCaller>),
}

impl Caller {
    /// The actor that the audit log names.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Session(caller) => caller.actor(),
            Self::ApiKey(caller) => Actor::ApiKey(caller.id),
        }
    }

    /// The context that a flow receives.
    pub fn context(&self, client: Client) -> Context {
        match self {
            Self::Session(caller) => caller.context(client),
            Self::ApiKey(caller) => caller.context(client),
        }
    }

    /// What the caller may do.
    pub fn permissions(&self) -> &Permissions {
        match self {
            Self::Session(caller) => &caller.permissions,
            Self::ApiKey(caller) => &caller.permissions,
        }
    }
}
