//! The address of a PostgreSQL server, and the settings of connections.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::{Host, LoadBalanceHosts, SslMode, TargetSessionAttrs};

use super::parameters::{Mode, Settings, ports};
use super::url;

/// How far the server's certificate is verified, as in PostgreSQL's own clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Encryption without verification of the server (`prefer`, `require`).
    AnyServer,
    /// The certificate is checked, the name is not (`verify-ca`).
    Authority,
    /// Both are checked (`verify-full`).
    Name,
}

/// How a connection is encrypted.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    pub(crate) trust: Trust,
    /// A file with the trusted authorities; without one, the machine's.
    pub(crate) root_certificate: Option<PathBuf>,
    /// The machine's authorities, requested by name.
    pub(crate) system_roots: bool,
    /// The client's own certificate, and its key.
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    /// Whether the server's name is sent (SNI).
    pub(crate) names_server: bool,
    pub(crate) only_1_2: bool,
    pub(crate) only_1_3: bool,
    /// TLS from the first byte (PostgreSQL 17).
    pub(crate) direct: bool,
}

/// One of the servers that a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: Host,
    /// The host's address, if it need not be looked up.
    pub(crate) address: Option<IpAddr>,
    pub(crate) port: u16,
}

/// The address of the server, and the settings of connections.
#[derive(Clone)]
pub(crate) struct Address {
    /// Everything but the servers.
    pub(crate) options: tokio_postgres::Config,
    pub(crate) targets: Vec<Target>,
    pub(crate) tls: Tls,
    /// How long opening a connection may take, if the URL sets it.
    pub(crate) connect_timeout: Option<Duration>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("targets", &self.targets)
            .field("database", &self.options.get_dbname())
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl Address {
    /// Whether to try the servers in a random order.
    pub(crate) fn is_random(&self) -> bool {
        self.options.get_load_balance_hosts() == LoadBalanceHosts::Random
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let parts = url::parse(url)?;
        let mut options = tokio_postgres::Config::new();
        options.keepalives_idle(Duration::from_secs(30));
        // After a failover, the server that has become read-only is useless.
        options.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if let Some(user) = parts.user {
            options.user(user);
        }
        if let Some(password) = parts.password {
            options.password(password);
        }
        if let Some(database) = parts.database {
            options.dbname(database);
        }
        let mut settings = Settings {
            options,
            hosts: parts.hosts,
            addresses: Vec::new(),
            ports: None,
            tls: Tls {
                trust: Trust::AnyServer,
                root_certificate: None,
                system_roots: false,
                certificate: None,
                key: None,
                names_server: true,
                only_1_2: false,
                only_1_3: false,
                direct: false,
            },
            mode: Mode::Prefer,
            connect_timeout: None,
            fallback_application_name: None,
        };
        for (name, value) in &parts.parameters {
            settings.apply(name, value)?;
        }
        settings.settle_tls()?;
        let targets = targets(&settings)?;
        let Settings { mut options, tls, connect_timeout, fallback_application_name, .. } = settings;
        if options.get_application_name().is_none() {
            options.application_name(fallback_application_name.unwrap_or_else(|| "vestibule".to_owned()));
        }
        // libpq ignores `sslmode` on sockets of the machine, which have no TLS.
        if targets.iter().all(|target| matches!(target.host, Host::Unix(_))) {
            options.ssl_mode(SslMode::Disable);
        }
        Ok(Self { options, targets, tls, connect_timeout })
    }
}

/// Combines hosts, addresses and ports, one by one.
fn targets(settings: &Settings) -> Result<Vec<Target>, String> {
    let Settings { hosts, addresses, .. } = settings;
    let count = hosts.len().max(addresses.len());
    if count == 0 {
        return Err("it names no host".to_owned());
    }
    if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
        return Err("host and hostaddr have different numbers of items".to_owned());
    }
    let written: Vec<&str> = hosts.iter().map(|(_, port)| port.as_deref().unwrap_or_default()).collect();
    let ports = match &settings.ports {
        Some(ports) => ports.clone(),
        None if written.is_empty() => vec![5432],
        None => ports(&written.join(","))?,
    };
    if ports.len() != 1 && ports.len() != count {
        return Err("port has another number of items than host".to_owned());
    }
    (0..count)
        .map(|place| {
            let address = addresses.get(place).copied();
            let name = hosts.get(place).map(|(host, _)| host.clone());
            let name = name.filter(|name| !name.is_empty()).or_else(|| address.map(|address| address.to_string()));
            let name = name.ok_or("a host is empty")?;
            let host = if name.starts_with('/') { Host::Unix(name.into()) } else { Host::Tcp(name) };
            let port = ports.get(place).or_else(|| ports.first()).copied().unwrap_or(5432);
            Ok(Target { host, address, port })
        })
        .collect()
}

#[cfg(test)]
mod tests;
