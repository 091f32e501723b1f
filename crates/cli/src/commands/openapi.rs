//! `vestibule openapi`

use super::setup::Setup;
use super::{Failure, output};

pub(super) fn run(setup: &Setup) -> Result<(), Failure> {
    output::line(vestibule::api::openapi::document(setup.password_policy()?).trim_end())
}
