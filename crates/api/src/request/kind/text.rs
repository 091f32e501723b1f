//! Text with bounds. Lengths are in characters (Unicode scalar values), as in OpenAPI.

use std::fmt;

use serde_json::Value as Json;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use vestibule_auth::PasswordPolicy;

use super::{Kind, Position};
use crate::request::Report;

/// The longest text by default.
const LONGEST: usize = 1_024;

/// The longest name: other programs and databases cut longer ones.
const LONGEST_NAME: usize = 255;

/// The longest URL that all browsers and proxies accept.
const LONGEST_URL: usize = 2_048;

/// Text of `MIN` to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// The name of a person, a role or a factor: at most 255 characters. May be empty, as in the reference. The modules remove or
/// refuse control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// The http(s) URL of a picture or page, at most 2048 characters; or empty for none, as the reference's forms send it.
/// `javascript:` and the like would run in the browser of a user who follows the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(String);

/// A code or a password: 1 to 1024 characters that never appear in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A new password: a [`Secret`] of which the document has the least length. The policy refuses a shorter one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPassword(Secret);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Reads text of `min` to `max` characters.
fn read(value: Json, (min, max): (usize, usize), position: Position<'_>, report: &mut Report) -> Option<String> {
    let text = match value {
        Json::String(text) => text,
        value => {
            position.mismatch("string", &value, report);
            // As in the reference, an empty list is also reported as too short a text.
            if min > 0 && value.as_array().is_some_and(Vec::is_empty) {
                report.too_small(position, min);
            }
            return None;
        }
    };
    let length = text.chars().count();
    if length < min {
        report.too_small(position, min);
    } else if length > max {
        report.too_big(position, format_args!("{max} characters"));
    }
    (min..=max).contains(&length).then_some(text)
}

fn schema((min, max): (usize, usize)) -> ObjectBuilder {
    let schema = ObjectBuilder::new().schema_type(Type::String).max_length(Some(max));
    if min > 0 { schema.min_length(Some(min)) } else { schema }
}

impl Kind for String {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        read(value, (0, LONGEST), position, report)
    }

    fn schema() -> Schema {
        schema((0, LONGEST)).into()
    }
}

impl<const MIN: usize, const MAX: usize> Kind for Text<MIN, MAX> {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        read(value, (MIN, MAX), position, report).map(Self)
    }

    fn schema() -> Schema {
        schema((MIN, MAX)).into()
    }
}

impl Kind for Name {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        // The User Module removes control characters.
        read(value, (0, LONGEST_NAME), position, report).map(Self)
    }

    fn schema() -> Schema {
        schema((0, LONGEST_NAME)).into()
    }
}

impl Kind for Url {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        let text = read(value, (0, LONGEST_URL), position, report)?;
        if text.is_empty() || is_web_address(&text) {
            return Some(Self(text));
        }
        report.invalid(position, "it must be an address that begins with https:// or http://");
        None
    }

    fn schema() -> Schema {
        schema((0, LONGEST_URL)).format(Some(SchemaFormat::Custom("uri".to_owned()))).into()
    }
}

fn is_web_address(text: &str) -> bool {
    let rest = text
        .split_once("://")
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"));
    rest.is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && !text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\')
}

impl Kind for Secret {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        read(value, (1, LONGEST), position, report).map(Self)
    }

    fn schema() -> Schema {
        schema((1, LONGEST)).format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))).into()
    }
}

impl Kind for NewPassword {
    fn read(value: Json, position: Position<'_>, report: &mut Report) -> Option<Self> {
        Secret::read(value, position, report).map(Self)
    }

    fn schema() -> Schema {
        let format = SchemaFormat::KnownFormat(KnownFormat::Password);
        let least = PasswordPolicy::default().min_length();
        schema((least, LONGEST)).format(Some(format)).into()
    }
}

impl NewPassword {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<NewPassword> for String {
    fn from(password: NewPassword) -> Self {
        password.0.into()
    }
}

macro_rules! as_text {
    ($($type:ty [$($parameter:tt)*]),*) => {$(
        impl<$($parameter)*> $type {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<$($parameter)*> From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }
    )*};
}

as_text!(Text<MIN, MAX> [const MIN: usize, const MAX: usize], Name [], Url [], Secret []);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    #[test]
    fn other_types_are_quoted_as_javascript_formats_them() {
        for (value, got) in [
            (json!(5), "5"),
            (json!(1.5), "1.5"),
            (json!(false), "false"),
            (json!(null), "null"),
            (json!({"a": 1}), "[object Object]"),
            (json!([]), ""),
            (json!(["a@x.test"]), "a@x.test"),
            (json!([1, 2]), "1,2"),
        ] {
            let message = format!("Expected type: 'string' for field 'field', got: '{got}'");
            assert_eq!(read::<String>(value.clone()).unwrap_err(), message);
            assert_eq!(read::<Name>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(read::<String>(json!("é".repeat(1_024))).unwrap().chars().count(), 1_024);
        for (message, most) in [
            (read::<String>(json!("é".repeat(1_025))).unwrap_err(), 1_024),
            (read::<Name>(json!("x".repeat(256))).unwrap_err(), 255),
            (read::<Url>(json!("x".repeat(2_049))).unwrap_err(), 2_048),
            (read::<Text<0, 3>>(json!("four")).unwrap_err(), 3),
        ] {
            assert_eq!(message, format!("Value for field 'field' too big, expected at most: '{most} characters'"));
        }
        let small = "Value for field 'field' too small, expected at least: '1'";
        assert_eq!(read::<Text<1, 9>>(json!("")).unwrap_err(), small);
        assert_eq!(read::<Secret>(json!("")).unwrap_err(), small);
        let message = format!("Expected type: 'string' for field 'field', got: ''; {small}");
        assert_eq!(read::<Secret>(json!([])).unwrap_err(), message);
        assert_eq!(read::<Text<1, 9>>(json!("x")).unwrap().as_str(), "x");
    }

    #[test]
    fn names_are_any_text() {
        for name in ["", " ", "Zoë", "Ada\u{200d}Lovelace", "<b>", "a\nb"] {
            assert_eq!(read::<Name>(json!(name)).unwrap().as_str(), name);
        }
    }

    #[test]
    fn addresses_are_http_or_https() {
        for url in ["", "https://example.com/a.png", "HTTP://[::1]:9000/?a=b#c", "http://bücher.example/é"] {
            assert_eq!(String::from(read::<Url>(json!(url)).unwrap()), url);
        }
        for url in [
            "x",
            "javascript:alert(1)",
            "JavaScript://example.com/%0aalert(1)",
            " https://example.com",
            "https://exa mple.com",
            "https://example.com/\n",
            "https://",
            "https:///etc",
            "https://\\example.com",
            "https:example.com",
            "//example.com",
            "data:image/png;base64,AA",
            "ftp://example.com",
        ] {
            assert_eq!(
                read::<Url>(json!(url)).unwrap_err(),
                "Invalid value for field 'field': it must be an address that begins with https:// or http://",
                "{url}"
            );
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", read::<Secret>(json!("hunter2")).unwrap()), "Secret(…)");
    }
}
