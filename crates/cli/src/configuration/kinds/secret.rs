//! The setting of a secret.

use super::{Form, Kind, Problem, Raw};
use crate::configuration::secret::StrongSecret;

/// A [`StrongSecret`], used byte by byte.
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
    type Value = StrongSecret;

    fn read(&self, raw: &Raw) -> Result<StrongSecret, Problem> {
        StrongSecret::new(&raw.text()).map_err(Problem::Secret)
    }
}
