//! `/app/settings`: how this installation is set up, to read, and a test of its mails. It is changed in its configuration.

use std::time::Duration;

use askama::Template;
use serde_json::{Value as Json, json};
use vestibule_flows::USER;

use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::texts;

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
    /// Whether it is that of mails, where a test can be sent.
    is_mail: bool,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    sections: Vec<Section>,
    public_url: String,
    /// The address to which a test mail can be sent.
    test_address: Option<String>,
    /// What became of the test mail, or why it was not sent.
    tested: Option<Result<String, String>>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let tested = request.shown_once().await?.map(|what| {
        let text = |name: &str| what.get(name).and_then(Json::as_str).map(str::to_owned);
        text("accepted").ok_or_else(|| text("problem").unwrap_or_default())
    });
    let sections = vec![service(&request), mail(&request), sign_in(&request), lifetimes(&request)];
    let can_test = request.dashboard.mails.is_some() && request.permissions().allows("*:*");
    let page = SettingsPage {
        frame: request.frame(),
        sections,
        public_url: request.dashboard.public_url.clone(),
        test_address: can_test.then(|| request.user().map(|user| user.email.to_string())).transpose()?,
        tested,
    };
    request.page(&page)
}

/// Sends a test mail to the signed-in user, and leads to its result.
pub(crate) async fn test_mail(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let mails = request.dashboard.mails.as_ref().ok_or(Failure::NotFound)?;
    let (user, t) = (request.user()?, request.texts());
    let what = match mails.send_test(user, request.language.code(), &request.context()).await? {
        Ok(()) if mails.is_folder() => {
            json!({ "accepted": t.test_mail_written(&request.dashboard.installation.mail_folder) })
        }
        Ok(()) => json!({ "accepted": t.test_mail_accepted(user.email.as_str()) }),
        Err(reason) => json!({ "problem": t.test_mail_failed(&texts::reason(&reason, request.language)) }),
    };
    request.show_once("/app/settings", what).await
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
    Section { name: t.service, rows, is_mail: false }
}

fn mail(request: &PageRequest) -> Section {
    let (t, facts) = (request.texts(), &request.dashboard.installation);
    let server = facts.mail_server.clone().unwrap_or_else(|| t.mail_into_folder(&facts.mail_folder));
    let rows = vec![(t.mail_server, server), (t.mail_sender, facts.mail_sender.clone())];
    Section { name: t.mail, rows, is_mail: true }
}

fn sign_in(request: &PageRequest) -> Section {
    let (t, options) = (request.texts(), request.flows().auth().options());
    let methods = request.flows().auth().providers_of(USER);
    let methods: Vec<&str> = methods.map(|provider| provider.short_name()).collect();
    let least = options.password_policy.min_length_for(false);
    Section {
        name: t.access,
        is_mail: false,
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
        is_mail: false,
        rows: vec![
            (t.session_lifetime, time(options.session_lifetime)),
            (t.session_idle_lifetime, time(options.session_idle_lifetime)),
            (t.reset_lifetime, time(options.reset_lifetime)),
            (t.invite_lifetime, time(request.dashboard.installation.invite_lifetime)),
        ],
    }
}
