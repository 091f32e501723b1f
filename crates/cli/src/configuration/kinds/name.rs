//! Names for display.

use super::{Form, Kind, Problem, Raw, no};

/// A name on one line without a colon.
#[derive(Debug)]
pub(in super::super) struct Name;

/// Longer names do not fit on a phone's screen.
const LONGEST: usize = 64;

impl Form for Name {
    fn form(&self) -> String {
        format!("name, 1 to {LONGEST} characters")
    }
}

impl Kind for Name {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let name = text.trim();
        let good = !name.is_empty() && name.chars().count() <= LONGEST;
        if good && !name.contains(|c: char| c.is_control() || c == ':') {
            Ok(name.to_owned())
        } else {
            Err(no(name, &format!("a name of 1 to {LONGEST} characters on one line, without a colon")))
        }
    }
}
