//! The frame of every page: its texts, the signed-in user, the navigation.

use std::cell::Cell;
use std::sync::Arc;

use vestibule_auth::MfaFactor;
use vestibule_language::Language;
use vestibule_notify::{Delivery, Reason, mail_about};
use vestibule_rbac::Permissions;
use vestibule_user::User;

use crate::assets::Assets;
use crate::brand::Brand;
use crate::deliveries::DeliveryStatus;
use crate::doctor;
use crate::format;
use crate::texts::{self, Imports, Texts};
use crate::theme::Theme;
use vestibule_core::Timestamp;

/// The frame of every page. Templates call it `frame`.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) t: &'static Texts,
    pub(crate) language: Language,
    pub(crate) assets: Arc<Assets>,
    pub(crate) brand: Arc<Brand>,
    /// The chosen theme; empty for that of the system.
    pub(crate) theme: &'static str,
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

/// A group of the navigation. The first has no name.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) places: Vec<Place>,
}

impl Frame {
    pub(crate) fn style(&self) -> &str {
        &self.assets.style.path
    }

    pub(crate) fn script(&self) -> &str {
        &self.assets.script.path
    }

    pub(crate) fn font(&self) -> &str {
        &self.assets.font.path
    }

    pub(crate) fn icon(&self) -> &str {
        &self.assets.icon.path
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

    /// Returns the texts of importing.
    pub(crate) fn imports(&self) -> &'static Imports {
        texts::imports(self.language)
    }

    /// Returns the navigation: the links that the signed-in user may follow.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let t = self.t;
        let groups = [
            ("", vec![("", "", "/app", t.home, "home")]),
            (
                t.people,
                vec![
                    ("users", "user:read", "/app/users", t.users, "people"),
                    ("invites", "invite:read", "/app/invites", t.invites, "mail"),
                    ("roles", "rbac_role:read", "/app/roles", t.roles, "shield"),
                ],
            ),
            (
                t.developers,
                vec![
                    ("api-keys", "api_key:read", "/app/api-keys", t.api_keys, "key"),
                    ("webhooks", "webhook:read", "/app/webhooks", t.webhooks, "plug"),
                    ("deliveries", "delivery:read", "/app/deliveries", t.deliveries, "plane"),
                ],
            ),
            (
                t.operation,
                vec![
                    ("audit", "audit:read", "/app/audit", t.audit_log, "list"),
                    ("doctor", "audit:read", "/app/doctor", t.doctor, "doctor"),
                    ("settings", "audit:read", "/app/settings", t.settings, "gear"),
                ],
            ),
        ];
        let place = |(section, policy, path, name, icon): (&str, &str, _, _, _)| {
            let is_open = policy.is_empty() || self.may(policy);
            is_open.then(|| Place {
                path,
                name,
                icon,
                is_here: self.section == section || (section == "users" && self.section == "import"),
            })
        };
        // It asks for every policy of reading.
        let may_examine = doctor::READS.iter().all(|policy| self.may(policy));
        groups
            .into_iter()
            .map(|(name, mut places)| {
                places.retain(|(section, ..)| *section != "doctor" || may_examine);
                Group { name, places: places.into_iter().filter_map(place).collect() }
            })
            .filter(|group| !group.places.is_empty())
            .collect()
    }

    /// Returns what can be done at once, for the command palette.
    pub(crate) fn quick_actions(&self) -> Vec<Place> {
        let t = self.t;
        let all = [
            ("invite:create", "/app/invites/new", t.invite, "plus"),
            ("rbac_role:create", "/app/roles/new", t.new_role, "plus"),
            ("api_key:create", "/app/api-keys#new", t.new_key, "plus"),
            ("webhook:create", "/app/webhooks/new", t.new_webhook, "plus"),
            ("*:*", "/app/import", self.imports().title, "people"),
        ];
        let open = all.into_iter().filter(|(policy, ..)| self.may(policy));
        open.map(|(_, path, name, icon)| Place { path, name, icon, is_here: false }).collect()
    }

    /// Returns the name of the signed-in user.
    pub(crate) fn own_name(&self) -> String {
        self.user.as_ref().map(format::name).unwrap_or_default()
    }

    /// Returns the address of the signed-in user; empty if it is their name already.
    pub(crate) fn own_address(&self) -> String {
        let address = self.user.as_ref().map(|user| user.email.to_string()).unwrap_or_default();
        if address == self.own_name() { String::new() } else { address }
    }

    pub(crate) fn own_initials(&self) -> String {
        format::initials(&self.own_name())
    }

    pub(crate) fn own_tint(&self) -> &'static str {
        self.user.as_ref().map_or("", |user| format::tint(&user.id.to_string()))
    }

    /// Formats a number, with its thousands apart.
    pub(crate) fn number(&self, number: &u64) -> String {
        format::number(*number, self.language)
    }

    /// Returns the values and names of the themes.
    pub(crate) fn themes(&self) -> [(&'static str, &'static str); 3] {
        Theme::ALL.map(|theme| (theme.as_str(), theme.name(self.t)))
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

    /// Returns the code and the own name of each language.
    #[expect(clippy::unused_self, reason = "templates call methods of their frame")]
    pub(crate) fn languages(&self) -> Vec<(&'static str, &'static str)> {
        Language::ALL.iter().map(|language| (language.code(), language.own_name())).collect()
    }

    /// Returns the code and the own name of the other languages.
    pub(crate) fn other_languages(&self) -> Vec<(&'static str, &'static str)> {
        let others = Language::ALL.iter().filter(|language| **language != self.language);
        others.map(|language| (language.code(), language.own_name())).collect()
    }
}
