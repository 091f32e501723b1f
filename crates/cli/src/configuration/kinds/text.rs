//! Plain text, languages and switches.

use super::{Form, Kind, Problem, Raw, Shape, is_like_address, no};

/// Text on one line.
#[derive(Debug)]
pub(in super::super) struct Line;

impl Form for Line {
    fn form(&self) -> String {
        "text".to_owned()
    }
}

impl Kind for Line {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let good = !text.is_empty() && text.len() <= 512 && !text.contains(char::is_control) && !is_like_address(&text);
        if good { Ok(text) } else { Err(no(&text, "text on one line, or a URL")) }
    }
}

/// A language, such as `en` or `de-AT`.
#[derive(Debug)]
pub(in super::super) struct Language;

impl Form for Language {
    fn form(&self) -> String {
        "language, such as en or de".to_owned()
    }
}

impl Kind for Language {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let good = text.len() <= 35
            && text.split('-').all(|part| part.len() >= 2 && part.chars().all(|c| c.is_ascii_alphanumeric()));
        if good { Ok(text) } else { Err(no(&text, "a language such as en or de")) }
    }
}

/// A boolean.
#[derive(Debug)]
pub(in super::super) struct Switch;

impl Form for Switch {
    fn form(&self) -> String {
        "true or false".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::Switch
    }
}

impl Kind for Switch {
    type Value = bool;

    fn read(&self, raw: &Raw) -> Result<bool, Problem> {
        match raw.text().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(no(other, "true or false")),
        }
    }
}
