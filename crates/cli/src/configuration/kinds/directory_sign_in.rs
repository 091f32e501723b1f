//! How users sign in whom a directory creates.

use vestibule::flows::directory::DirectorySignIn;

use super::{Form, Kind, Problem, Raw, no};

/// The name of a [`DirectorySignIn`].
#[derive(Debug)]
pub(in super::super) struct Provisioned;

impl Form for Provisioned {
    fn form(&self) -> String {
        "provider or invite".to_owned()
    }
}

impl Kind for Provisioned {
    type Value = DirectorySignIn;

    fn read(&self, raw: &Raw) -> Result<DirectorySignIn, Problem> {
        match raw.text().as_str() {
            "provider" => Ok(DirectorySignIn::Provider),
            "invite" => Ok(DirectorySignIn::Invite),
            other => Err(no(other, "provider or invite")),
        }
    }
}
