//! The database URL. It may contain a password, so it is displayed without.

use std::fmt;

use vestibule::database::{Config, InvalidUrl};

use super::{Form, Kind, Problem, Raw, path};

/// A database URL, which may contain a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Returns the whole URL, for connecting. Neither log nor print it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Omits the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

/// Omits the password.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", mask(&self.0))
    }
}

/// A [`DatabaseUrl`].
#[derive(Debug)]
pub(in super::super) struct DatabaseAddress;

impl Form for DatabaseAddress {
    fn form(&self) -> String {
        "sqlite:// or postgres:// URL".to_owned()
    }

    fn holds_secret(&self) -> bool {
        true
    }

    fn expand(&self, text: String, home: Option<&str>) -> Result<String, Problem> {
        let Some(rest) = text.strip_prefix("sqlite://") else { return Ok(text) };
        let (file, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        Ok(format!("sqlite://{}{query}", path::expand(file, home)?))
    }

    fn show(&self, text: &str) -> String {
        mask(text)
    }
}

impl Kind for DatabaseAddress {
    type Value = DatabaseUrl;

    fn read(&self, raw: &Raw) -> Result<DatabaseUrl, Problem> {
        let text = raw.text();
        match Config::from_url(&text) {
            Ok(_) => Ok(DatabaseUrl(text)),
            Err(InvalidUrl::Scheme) => Err(Problem::Value(
                "not the URL of a database: write sqlite://path/to/file.db or postgres://user:password@host/database"
                    .to_owned(),
            )),
            Err(error) => Err(Problem::Value(error.to_string())),
        }
    }
}

/// Hides what could be a password: between the user's name and the last at sign (an unescaped password may contain any
/// character), and in parameters. It may hide too much, never too little.
fn mask(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let open = match rest.rsplit_once('@') {
        Some((credentials, rest)) => match credentials.split_once(':') {
            Some((user, _)) => format!("{user}:***@{rest}"),
            None => format!("{credentials}@{rest}"),
        },
        None => rest.to_owned(),
    };
    let open = match open.split_once('?') {
        Some((address, query)) => {
            let parameters: Vec<String> = query.split('&').map(mask_parameter).collect();
            format!("{address}?{}", parameters.join("&"))
        }
        None => open,
    };
    if scheme.is_empty() { open } else { format!("{scheme}://{open}") }
}

fn mask_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        // A parameter with an unusual name may be a password.
        Some((name, value)) if name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !name.contains("pass") => {
            format!("{name}={value}")
        }
        Some((name, _)) => format!("{name}=***"),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_displayed() {
        for (url, shown) in [
            ("sqlite://data/vestibule.db", "sqlite://data/vestibule.db"),
            ("postgres://ada:hunter2@db:5432/app", "postgres://ada:***@db:5432/app"),
            ("postgres://ada:hun:t/e?r@2@db/app", "postgres://ada:***@db/app"),
            ("postgres://ada@db/app", "postgres://ada@db/app"),
            ("postgres://db/app?user=ada&password=hunter2", "postgres://db/app?user=ada&password=***"),
            (
                "postgres://db/app?sslPassword=hunter2&sslmode=require",
                "postgres://db/app?sslPassword=***&sslmode=require",
            ),
            ("mysql:ada:hunter2@db", "mysql:***@db"),
        ] {
            assert_eq!(mask(url), shown);
            assert_eq!(format!("{:?} {0}", DatabaseUrl(url.to_owned())), format!("{shown:?} {shown}"));
        }
    }

    #[test]
    fn valid_urls_are_accepted_as_written() {
        let read = |text: &str| DatabaseAddress.read(&Raw::Text(text.to_owned()));
        for url in ["sqlite:///var/lib/v.db", "postgres://h/d", "postgresql:///d?host=/run"] {
            assert_eq!(read(url).unwrap().reveal(), url);
        }
        for url in
            ["", "data/v.db", "sqlite:", "sqlite://", "sqlite::memory:", "postgres:", "postgres://", "mysql://h/d"]
        {
            assert!(read(url).is_err(), "{url:?}");
        }
    }
}
