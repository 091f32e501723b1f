//! A PostgreSQL URL, with the two parameters about TLS that the driver does not know.

use std::path::PathBuf;
use std::str::FromStr;

/// How far the server's certificate is trusted, as PostgreSQL's own clients mean it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Encryption without proof of who the server is (`prefer`, `require`).
    Anybody,
    /// The certificate is checked, the name is not (`verify-ca`).
    Authority,
    /// Both are checked (`verify-full`).
    Name,
}

/// Where the server is, and how it is trusted.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) options: tokio_postgres::Config,
    pub(crate) trust: Trust,
    pub(crate) root_certificate: Option<PathBuf>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("hosts", &self.options.get_hosts())
            .field("database", &self.options.get_dbname())
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut trust, mut root_certificate, mut kept) = (Trust::Anybody, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("sslmode", "verify-ca") => trust = Trust::Authority,
                ("sslmode", "verify-full") => trust = Trust::Name,
                ("sslmode", mode @ ("disable" | "prefer" | "require")) => kept.push(format!("sslmode={mode}")),
                ("sslmode", mode) => {
                    return Err(format!(
                        "sslmode={mode} is not one of disable, prefer, require, verify-ca and verify-full"
                    ));
                }
                ("sslrootcert", path) => root_certificate = Some(PathBuf::from(path)),
                _ => kept.push(pair.to_owned()),
            }
        }
        if trust != Trust::Anybody {
            kept.push("sslmode=require".to_owned());
        }
        let mut options: tokio_postgres::Config =
            format!("{base}?{}", kept.join("&")).parse().map_err(|error: tokio_postgres::Error| describe(&error))?;
        if options.get_hosts().is_empty() {
            return Err("it names no host".to_owned());
        }
        if options.get_application_name().is_none() {
            options.application_name("vestibule");
        }
        // After a failover, the server that has become read-only is of no use.
        options.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        Ok(Self { options, trust, root_certificate })
    }
}

/// The driver's words without the URL, which may hold a password.
fn describe(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_about_tls_are_understood() {
        let address: Address = "postgres://u:p@db/n?sslmode=verify-full&sslrootcert=/etc/ca.pem".parse().unwrap();
        assert_eq!((address.trust, address.root_certificate), (Trust::Name, Some("/etc/ca.pem".into())));
        let address: Address = "postgres://u:p@db/n".parse().unwrap();
        assert_eq!((address.trust, address.root_certificate), (Trust::Anybody, None));
        assert!("postgres://u@db/n?sslmode=allow".parse::<Address>().unwrap_err().contains("sslmode=allow"));
    }

    #[test]
    fn a_password_is_not_repeated() {
        let address: Address = "postgres://u:hunter2@db/n".parse().unwrap();
        assert!(!format!("{address:?}").contains("hunter2"));
        assert!(!"postgres://u:hunter2@db:port/n".parse::<Address>().unwrap_err().contains("hunter2"));
    }
}
