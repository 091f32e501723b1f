//! The form that creates and updates a webhook: its input and its problems.

use http::StatusCode;
use vestibule_language::Language;
use vestibule_notify::{Webhook, WebhookError};
use vestibule_outbox::EventName;
use vestibule_rbac::Permissions;

use crate::failure::Failure;
use crate::request::PageRequest;
use crate::texts;

/// The fields of the form.
pub(super) const NAMES: &[&str] = &["url", "description", "event", "other_events", "includes_secrets", "active"];

/// The input of the form.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) url: String,
    pub(super) description: String,
    pub(super) events: Vec<String>,
    pub(super) includes_secrets: bool,
    pub(super) is_active: bool,
}

/// Events of one kind, each with whether it is ticked.
pub(super) struct Group {
    pub(super) name: &'static str,
    /// `user.*`
    pub(super) all: (String, bool),
    pub(super) events: Vec<(&'static str, bool)>,
}

/// The problems, each beside its field.
#[derive(Debug, Clone, Default)]
pub(super) struct Problems {
    pub(super) url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) events: Option<String>,
    /// The problem of no single field.
    pub(super) whole: Option<String>,
}

impl Typed {
    pub(super) fn of(webhook: &Webhook) -> Self {
        Self {
            url: webhook.url.clone(),
            description: webhook.description.clone().unwrap_or_default(),
            events: webhook.events.clone(),
            includes_secrets: webhook.includes_secrets,
            is_active: webhook.disabled_at.is_none(),
        }
    }

    pub(super) fn read(request: &PageRequest) -> Self {
        let form = &request.form;
        let others = form.get("other_events").split(|c: char| c == ',' || c.is_whitespace());
        let named = form.all("event").chain(others.filter(|name| !name.is_empty()));
        Self {
            url: form.get("url").trim().to_owned(),
            description: form.get("description").trim().to_owned(),
            events: named.map(str::to_owned).collect(),
            includes_secrets: !form.get("includes_secrets").is_empty(),
            is_active: !form.get("active").is_empty(),
        }
    }

    pub(super) fn has_all_events(&self) -> bool {
        self.has("*")
    }

    fn has(&self, name: &str) -> bool {
        self.events.iter().any(|event| event == name)
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (name, event) in offered() {
            if groups.last().is_none_or(|group| group.name != name) {
                let all = format!("{name}.*");
                groups.push(Group { name, all: (all.clone(), self.has(&all)), events: Vec::new() });
            }
            if let Some(group) = groups.last_mut() {
                group.events.push((event, self.has(event)));
            }
        }
        groups
    }

    /// The events without a box.
    pub(super) fn other_events(&self) -> String {
        let has_box = |name: &str| {
            name == "*" || offered().any(|(kind, event)| name == event || name.strip_suffix(".*") == Some(kind))
        };
        let others: Vec<&str> = self.events.iter().map(String::as_str).filter(|name| !has_box(name)).collect();
        others.join(" ")
    }
}

/// Returns the events to choose from, with their kinds. A test goes to the tested webhook only, whichever events it receives.
fn offered() -> impl Iterator<Item = (&'static str, &'static str)> {
    EventName::ALL
        .iter()
        .map(EventName::as_str)
        .filter_map(|event| Some((event.split_once('.')?.0, event)))
        .filter(|(kind, _)| *kind != "webhook")
}

/// Returns whether the caller may create a webhook whose messages contain secrets.
pub(super) fn may_include_secrets(request: &PageRequest) -> bool {
    request.permissions().covers(&Permissions::everything())
}

impl Problems {
    /// Returns the status and the problems to show with the form again; the failure, if it is not about the form.
    pub(super) fn of(error: WebhookError, language: Language) -> Result<(StatusCode, Self), Failure> {
        let mut problems = Self::default();
        let field = match &error {
            WebhookError::Url(_) | WebhookError::Refused(_) => &mut problems.url,
            WebhookError::Events(_) => &mut problems.events,
            WebhookError::Description { .. } => {
                problems.description = Some(texts::of(language).description_too_long.to_owned());
                return Ok((StatusCode::BAD_REQUEST, problems));
            }
            WebhookError::NotFound { .. } => return Err(error.into()),
            _ => &mut problems.whole,
        };
        let (status, problem) = Failure::from(error).problem(language)?;
        *field = Some(problem);
        Ok((status, problems))
    }
}
