//! `vestibule openapi`

use super::setup::Setup;
use super::{Failure, output};

pub(super) fn run(setup: &Setup) -> Result<(), Failure> {
    let server = &setup.configuration.server;
    let public_url = server.public_url(server.listen);
    output::line(vestibule::api::openapi::document_at(public_url.path(), setup.password_policy()?).trim_end())
}
