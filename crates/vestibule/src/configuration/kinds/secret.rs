//! The secret as a setting.

use super::{Form, Kind, Problem, Raw};
use crate::configuration::secret::JwtSecret;

/// A [`JwtSecret`], taken byte by byte.
#[derive(Debug)]
pub(in super::super) struct Secret;

impl Form for Secret {
    fn form(&self) -> String {
        "secret".to_owned()
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn show(&self, _: &str) -> String {
        "set".to_owned()
    }
}

impl Kind for Secret {
    type Value = JwtSecret;

    fn read(&self, raw: &Raw) -> Result<JwtSecret, Problem> {
        JwtSecret::new(&raw.text()).map_err(Problem::Secret)
    }
}
