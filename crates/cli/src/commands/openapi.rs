//! `vestibule openapi`

use super::{Failure, output};

pub(super) fn run() -> Result<(), Failure> {
    output::line(vestibule::api::openapi::document().trim_end())
}
