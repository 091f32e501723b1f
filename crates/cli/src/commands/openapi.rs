//! `vestibule openapi`

use vestibule::auth::PasswordPolicy;

use super::{Failure, output};

pub(super) fn run() -> Result<(), Failure> {
    output::line(vestibule::api::openapi::document(PasswordPolicy::default()).trim_end())
}
