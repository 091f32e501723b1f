//! Shared helpers of the tests.

use std::time::Duration;

use vestibule_core::EmailAddress;
use vestibule_mail::{Encryption, Facts, Kind, Mail, Mailer, Rendered, SmtpConfig, Templates};

pub(crate) const SENDER: &str = "Vestibule <no-reply@example.com>";

/// Returns the built-in invitation in English.
pub(crate) fn rendered() -> Rendered {
    Templates::load(None).unwrap().render(Kind::Invite, "en", &Facts::sample(Kind::Invite)).unwrap()
}

pub(crate) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) fn mail<'a>(id: &'a str, to: &'a EmailAddress, rendered: &'a Rendered) -> Mail<'a> {
    Mail { id, to, rendered, at: Facts::sample(Kind::Test).happened_at, language: "en" }
}

pub(crate) fn config(host: &str, port: u16, encryption: Encryption) -> SmtpConfig {
    SmtpConfig {
        host: host.to_owned(),
        port: Some(port),
        hello: "people.example.com".parse().unwrap(),
        encryption,
        username: None,
        password: None,
        ca_file: None,
        timeout: Duration::from_secs(10),
        connections: 2,
    }
}

pub(crate) fn mailer(config: &SmtpConfig) -> Mailer {
    Mailer::smtp(config, SENDER.parse().unwrap()).unwrap()
}
