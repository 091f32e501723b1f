//! `/auth/email`, which the reference lacks: another e-mail address for an account.

pub(crate) mod confirm;
pub(crate) mod request;
pub(crate) mod revert;

use crate::request::{Text, body};

body! {
    /// The token of a mailed link.
    pub(crate) struct EmailTokenBody {
        /// The token of the link.
        token: Text<1, 256>,
    }
}
