//! `/app/settings`: how this installation is set up, to read. It is changed in its configuration.

use std::time::Duration;

use askama::Template;
use vestibule_flows::USER;

use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

/// What the program that serves the pages knows of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installation {
    /// The version, such as `0.5.0`.
    pub version: String,
    /// The mail server, such as `smtp.example.com:587`; without one, where mails are written.
    pub mail_server: Option<String>,
    /// The folder where mails are written without a server.
    pub mail_folder: String,
    /// The sender of the mails.
    pub mail_sender: String,
    /// How long the link of an invite works.
    pub invite_lifetime: Duration,
}

/// Settings of one kind.
struct Section {
    name: &'static str,
    rows: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    sections: Vec<Section>,
    public_url: String,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let sections = vec![service(&request), mail(&request), sign_in(&request), lifetimes(&request)];
    request.page(&SettingsPage { frame: request.frame(), sections, public_url: request.dashboard.public_url.clone() })
}

fn service(request: &PageRequest) -> Section {
    let (t, dashboard) = (request.texts(), &request.dashboard);
    let mut rows = vec![
        (t.name, dashboard.brand.name.clone()),
        (t.public_url, dashboard.public_url.clone()),
        (t.database, format!("{:?}", dashboard.flows().database().engine())),
    ];
    let version = &dashboard.installation.version;
    rows.extend((!version.is_empty()).then(|| (t.version, version.clone())));
    Section { name: t.service, rows }
}

fn mail(request: &PageRequest) -> Section {
    let (t, facts) = (request.texts(), &request.dashboard.installation);
    let server = facts.mail_server.clone().unwrap_or_else(|| t.mail_into_folder(&facts.mail_folder));
    Section { name: t.mail, rows: vec![(t.mail_server, server), (t.mail_sender, facts.mail_sender.clone())] }
}

fn sign_in(request: &PageRequest) -> Section {
    let (t, options) = (request.texts(), request.flows().auth().options());
    let methods = request.flows().auth().providers_of(USER);
    let methods: Vec<&str> = methods.map(|provider| provider.short_name()).collect();
    let least = options.password_policy.min_length_for(false);
    Section {
        name: t.access,
        rows: vec![
            (t.sign_in_methods, methods.join(", ")),
            (t.password, t.password_hint(u64::try_from(least).unwrap_or(u64::MAX))),
            (t.mfa_issuer, options.mfa_issuer.clone()),
        ],
    }
}

fn lifetimes(request: &PageRequest) -> Section {
    let (t, options) = (request.texts(), request.flows().auth().options());
    let time = |time: Duration| format::duration(time, request.language);
    Section {
        name: t.lifetimes,
        rows: vec![
            (t.session_lifetime, time(options.session_lifetime)),
            (t.session_idle_lifetime, time(options.session_idle_lifetime)),
            (t.reset_lifetime, time(options.reset_lifetime)),
            (t.invite_lifetime, time(request.dashboard.installation.invite_lifetime)),
        ],
    }
}
