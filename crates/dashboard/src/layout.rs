//! The frame of every page: its texts, the signed-in user, the navigation.

use std::cell::Cell;

use vestibule_auth::MfaFactor;
use vestibule_language::Language;
use vestibule_notify::{Delivery, Reason, mail_about};
use vestibule_rbac::Permissions;
use vestibule_user::User;

use crate::assets::{ICON, SCRIPT, STYLE};
use crate::deliveries::DeliveryStatus;
use crate::format;
use crate::texts::{self, Texts};
use vestibule_core::Timestamp;

/// The frame of every page. Templates call it `frame`.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) t: &'static Texts,
    pub(crate) language: Language,
    /// The requested path, with its query.
    pub(crate) here: String,
    /// The section of the navigation: the first part of the path after `/app/`.
    pub(crate) section: String,
    /// The signed-in user.
    pub(crate) user: Option<User>,
    pub(crate) permissions: Permissions,
    /// The token that proves that a form comes from this page.
    pub(crate) form_token: String,
    /// The message about what was just done.
    pub(crate) done: Option<&'static str>,
    pub(crate) now: Timestamp,
    /// When the first of the times written so far changes.
    pub(crate) until: Cell<Option<Timestamp>>,
    /// The minimum length of a new password, in characters.
    pub(crate) least_password: usize,
}

/// A link of the navigation.
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) is_here: bool,
}

impl Frame {
    pub(crate) fn style(&self) -> &'static str {
        &STYLE.path
    }

    pub(crate) fn script(&self) -> &'static str {
        &SCRIPT.path
    }

    pub(crate) fn icon(&self) -> &'static str {
        &ICON.path
    }

    /// Returns the requirements of a new password.
    pub(crate) fn password_hint(&self) -> String {
        self.t.password_hint(self.least_password as u64)
    }

    /// Returns where a passkey is; nothing for another kind of factor.
    pub(crate) fn passkey_kind(&self, factor: &MfaFactor) -> Option<&'static str> {
        let is = |name: &str| factor.details.get(name)?.as_bool();
        Some(match (is("device_bound")?, is("backed_up")?) {
            (true, _) => self.t.passkey_device_bound,
            (false, true) => self.t.passkey_backed_up,
            (false, false) => self.t.passkey_not_backed_up,
        })
    }

    pub(crate) fn may(&self, policy: &str) -> bool {
        self.permissions.allows(policy)
    }

    /// Returns the links that the signed-in user may follow.
    pub(crate) fn places(&self) -> Vec<Place> {
        let all = [
            ("users", "user:read", "/app/users", self.t.users, "people"),
            ("invites", "invite:read", "/app/invites", self.t.invites, "mail"),
            ("roles", "rbac_role:read", "/app/roles", self.t.roles, "shield"),
            ("api-keys", "api_key:read", "/app/api-keys", self.t.api_keys, "key"),
            ("webhooks", "webhook:read", "/app/webhooks", self.t.webhooks, "plug"),
            ("deliveries", "delivery:read", "/app/deliveries", self.t.deliveries, "plane"),
            ("audit", "audit:read", "/app/audit", self.t.audit_log, "list"),
        ];
        let open = all.into_iter().filter(|(_, policy, ..)| self.may(policy));
        open.map(|(section, _, path, name, icon)| Place { path, name, icon, is_here: self.section == section })
            .collect()
    }

    /// Returns the name of the signed-in user.
    pub(crate) fn own_name(&self) -> String {
        self.user.as_ref().map(format::name).unwrap_or_default()
    }

    /// Formats a time as `3 minutes ago`.
    pub(crate) fn ago(&self, moment: &Timestamp) -> String {
        let (text, until) = format::ago(*moment, self.now, self.language);
        self.until.set(Some(self.until.get().map_or(until, |first| first.min(until))));
        text
    }

    /// Formats a time as `26 Nov 2026, 08:10 UTC`.
    pub(crate) fn exactly(&self, moment: &Timestamp) -> String {
        self.language.date(*moment)
    }

    /// Describes the state of a delivery.
    pub(crate) fn status(&self, delivery: &Delivery) -> DeliveryStatus {
        DeliveryStatus::of(delivery, self.language, self.now)
    }

    /// Explains why a delivery has not arrived, in the language of the page.
    pub(crate) fn reason(&self, reason: &Reason) -> String {
        texts::reason(reason, self.language)
    }

    /// Returns the name of a delivery's mail or event.
    pub(crate) fn what<'a>(&self, delivery: &'a Delivery) -> &'a str {
        mail_about(&delivery.name).map_or(delivery.name.as_str(), |mail| mail.title(self.language))
    }

    /// Returns the code and the own name of the other languages.
    pub(crate) fn other_languages(&self) -> Vec<(&'static str, &'static str)> {
        let others = Language::ALL.iter().filter(|language| **language != self.language);
        others.map(|language| (language.code(), language.own_name())).collect()
    }
}
