//! The parameters of a PostgreSQL URL: each that libpq documents either works, or is refused by name
//! (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>).

use std::fmt::Display;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts, SslMode, SslNegotiation};
use vestibule_core::unexpanded;

use super::address::{Tls, Trust};

/// Parameters with an effect here, or with only one accepted value that has none.
const KNOWN: [&str; 35] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "options",
    "password",
    "port",
    "replication",
    "ssl",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Parameters of libpq that Vestibule does not support, and what to do instead.
const UNSUPPORTED: [(&str, &str); 18] = [
    ("passfile", "write the password into the URL"),
    ("service", "write host, user and database into the URL"),
    ("servicefile", "write host, user and database into the URL"),
    ("sslpassword", "store the key without a password, readable by its owner alone"),
    ("sslcrl", "revocation lists are not read"),
    ("sslcrldir", "revocation lists are not read"),
    ("sslkeylogfile", "keys of connections are not written"),
    ("requirepeer", "the owner of a socket is not checked"),
    ("require_auth", "the server chooses how users are authenticated"),
    ("krbsrvname", "Kerberos is not supported"),
    ("gsslib", "Kerberos is not supported"),
    ("scram_client_key", "write the password into the URL"),
    ("scram_server_key", "write the password into the URL"),
    ("oauth_issuer", "OAuth is not supported"),
    ("oauth_client_id", "OAuth is not supported"),
    ("oauth_client_secret", "OAuth is not supported"),
    ("oauth_scope", "OAuth is not supported"),
    ("requiressl", "write sslmode=require"),
];

pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || UNSUPPORTED.iter().any(|(known, _)| *known == name)
}

/// Applies the parameters on top of what stands before the `?`.
pub(super) struct Settings {
    pub(super) options: tokio_postgres::Config,
    pub(super) hosts: Vec<(String, Option<String>)>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) ports: Option<Vec<u16>>,
    pub(super) tls: Tls,
    pub(super) mode: Mode,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) fallback_application_name: Option<String>,
}

/// `sslmode`, half of which the driver supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyAuthority,
    VerifyName,
}

impl Settings {
    pub(super) fn apply(&mut self, name: &str, value: &str) -> Result<(), String> {
        if let Some((_, advice)) = UNSUPPORTED.iter().find(|(known, _)| *known == name) {
            return Err(format!("the parameter {name} is not supported: {advice}"));
        }
        let options = &mut self.options;
        match name {
            "user" => {
                options.user(value);
            }
            "password" => {
                options.password(value);
            }
            "dbname" => {
                options.dbname(value);
            }
            "options" => {
                options.options(value);
            }
            "application_name" => {
                options.application_name(value);
            }
            "fallback_application_name" => self.fallback_application_name = Some(value.to_owned()),
            "host" => self.hosts = value.split(',').map(|host| (host.to_owned(), None)).collect(),
            "hostaddr" => self.addresses = list(name, value, "IP addresses")?,
            "port" => self.ports = Some(ports(value)?),
            "connect_timeout" => self.connect_timeout = positive(name, value)?.map(Duration::from_secs),
            "tcp_user_timeout" => {
                if let Some(timeout) = positive(name, value)?.map(Duration::from_millis) {
                    options.tcp_user_timeout(timeout);
                }
            }
            "keepalives" => {
                options.keepalives(number::<i64>(name, value)? != 0);
            }
            "keepalives_idle" => {
                if let Some(idle) = positive(name, value)?.map(Duration::from_secs) {
                    options.keepalives_idle(idle);
                }
            }
            "keepalives_interval" => {
                if let Some(interval) = positive(name, value)?.map(Duration::from_secs) {
                    options.keepalives_interval(interval);
                }
            }
            "keepalives_count" => {
                if let Some(count) = positive(name, value)? {
                    options.keepalives_retries(u32::try_from(count).unwrap_or(u32::MAX));
                }
            }
            "channel_binding" => {
                let choices = [
                    ("disable", ChannelBinding::Disable),
                    ("prefer", ChannelBinding::Prefer),
                    ("require", ChannelBinding::Require),
                ];
                options.channel_binding(one_of(name, value, &choices)?);
            }
            "load_balance_hosts" => {
                let choices = [("disable", LoadBalanceHosts::Disable), ("random", LoadBalanceHosts::Random)];
                options.load_balance_hosts(one_of(name, value, &choices)?);
            }
            // Vestibule writes: a server that accepts no writes is useless, whatever the URL requires.
            "target_session_attrs" => one_of(name, value, &[("any", ()), ("read-write", ()), ("primary", ())])?,
            // The encoding is UTF-8, the protocol version 3.0, without replication and Kerberos.
            "client_encoding" => {
                let value = value.to_ascii_lowercase();
                one_of(name, &value, &[("utf8", ()), ("utf-8", ()), ("unicode", ()), ("auto", ())])?;
            }
            "replication" => one_of(name, value, &[("false", ()), ("off", ()), ("no", ()), ("0", ())])?,
            "gssencmode" => one_of(name, value, &[("disable", ()), ("prefer", ())])?,
            "gssdelegation" => one_of(name, value, &[("0", ())])?,
            "min_protocol_version" => one_of(name, value, &[("3.0", ())])?,
            "max_protocol_version" => one_of(name, value, &[("3.0", ()), ("3.2", ()), ("latest", ())])?,
            _ => return self.apply_tls(name, value),
        }
        Ok(())
    }

    fn apply_tls(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "sslmode" => {
                let choices = [
                    ("disable", Mode::Disable),
                    ("prefer", Mode::Prefer),
                    ("require", Mode::Require),
                    ("verify-ca", Mode::VerifyAuthority),
                    ("verify-full", Mode::VerifyName),
                ];
                self.mode = one_of(name, value, &choices)?;
            }
            // As drivers for Java write it.
            "ssl" => self.mode = one_of(name, value, &[("true", Mode::Require)])?,
            "sslnegotiation" => self.tls.direct = one_of(name, value, &[("postgres", false), ("direct", true)])?,
            "sslrootcert" if value == "system" => self.tls.system_roots = true,
            "sslrootcert" => self.tls.root_certificate = Some(path(name, value)?),
            "sslcert" => self.tls.certificate = Some(path(name, value)?),
            "sslkey" => self.tls.key = Some(path(name, value)?),
            "sslcertmode" => one_of(name, value, &[("allow", ())])?,
            "sslsni" => self.tls.names_server = one_of(name, value, &[("0", false), ("1", true)])?,
            // TLS libraries no longer compress, nor do libpq's.
            "sslcompression" => one_of(name, value, &[("0", ()), ("1", ())])?,
            "ssl_min_protocol_version" => {
                let choices =
                    [("", false), ("TLSv1", false), ("TLSv1.1", false), ("TLSv1.2", false), ("TLSv1.3", true)];
                self.tls.only_1_3 = one_of(name, value, &choices)?;
            }
            "ssl_max_protocol_version" => {
                self.tls.only_1_2 = one_of(name, value, &[("", false), ("TLSv1.2", true), ("TLSv1.3", false)])?;
            }
            _ => return Err(format!("there is no parameter {name}")),
        }
        Ok(())
    }

    /// Translates `sslmode` for the driver, and returns how far to verify the server.
    pub(super) fn settle_tls(&mut self) -> Result<(), String> {
        let tls = &mut self.tls;
        if tls.system_roots && !matches!(self.mode, Mode::Prefer | Mode::VerifyName) {
            return Err("sslrootcert=system needs sslmode=verify-full".to_owned());
        }
        if tls.certificate.is_some() != tls.key.is_some() {
            return Err("sslcert and sslkey go together".to_owned());
        }
        if tls.only_1_2 && tls.only_1_3 {
            return Err("ssl_min_protocol_version is above ssl_max_protocol_version".to_owned());
        }
        if tls.direct && matches!(self.mode, Mode::Disable | Mode::Prefer) && !tls.system_roots {
            return Err("sslnegotiation=direct needs sslmode=require, verify-ca or verify-full".to_owned());
        }
        tls.trust = match self.mode {
            Mode::VerifyName => Trust::Name,
            Mode::Prefer if tls.system_roots => Trust::Name,
            // libpq checks the certificate whenever it has an authority.
            Mode::Prefer | Mode::Require if tls.root_certificate.is_some() => Trust::Authority,
            Mode::VerifyAuthority => Trust::Authority,
            Mode::Disable | Mode::Prefer | Mode::Require => Trust::AnyServer,
        };
        self.options.ssl_mode(match self.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer if !tls.system_roots => SslMode::Prefer,
            _ => SslMode::Require,
        });
        self.options.ssl_negotiation(if tls.direct { SslNegotiation::Direct } else { SslNegotiation::Postgres });
        Ok(())
    }
}

/// Looks a written value up. A refused value is not repeated: it may be a misplaced secret.
fn one_of<T: Copy>(name: &str, value: &str, choices: &[(&str, T)]) -> Result<T, String> {
    if let Some((_, choice)) = choices.iter().find(|(written, _)| *written == value) {
        return Ok(*choice);
    }
    let written: Vec<&str> =
        choices.iter().map(|(written, _)| *written).filter(|written| !written.is_empty()).collect();
    match written.as_slice() {
        [only] => Err(format!("{name} can only be {only} here")),
        several => Err(format!("{name} is not one of {}", several.join(", "))),
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.trim().parse().map_err(|_| format!("{name} is not a whole number"))
}

/// A number above 0; others mean the default.
fn positive(name: &str, value: &str) -> Result<Option<u64>, String> {
    Ok(u64::try_from(number::<i64>(name, value)?).ok().filter(|number| *number > 0))
}

fn list<T: FromStr<Err: Display>>(name: &str, value: &str, what: &str) -> Result<Vec<T>, String> {
    value.split(',').map(|item| item.parse().map_err(|_| format!("{name} is not a list of {what}"))).collect()
}

/// Ports between commas; an empty one is the default.
pub(super) fn ports(value: &str) -> Result<Vec<u16>, String> {
    let port = |text: &str| match text {
        "" => Ok(5432),
        text => {
            text.parse().ok().filter(|port| *port > 0).ok_or_else(|| "a port is a number from 1 to 65535".to_owned())
        }
    };
    value.split(',').map(port).collect()
}

fn path(name: &str, value: &str) -> Result<PathBuf, String> {
    if value.is_empty() || unexpanded::has_home(value) {
        return Err(format!("{name} is not the whole path of a file (~ is not replaced here)"));
    }
    Ok(PathBuf::from(value))
}
