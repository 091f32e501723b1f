//! One user: the page, with a tab each for the profile, the access, what happened and the mails.

use askama::Template;
use http::StatusCode;
use serde_json::Value as Json;
use vestibule_audit::{AuditField, Entry};
use vestibule_auth::api_keys::ApiKey;
use vestibule_auth::attempts::Attempts;
use vestibule_auth::identities::AuthIdentityFilter;
use vestibule_auth::mfa::MfaStatus;
use vestibule_auth::{MfaFactor, SessionView};
use vestibule_core::{Counting, Direction, Field, FindConfig};
use vestibule_flows::USER;
use vestibule_notify::{Delivery, DeliveryQuery, MAIL};
use vestibule_rbac::Role;
use vestibule_user::{User, UserId};

use super::delete::keys_of;
use super::list::roles;
use super::metadata_form::{self, MetadataProblem, Row};
use super::profile_form::{self, FieldProblem, ProfileField};
use super::roles::undo;
use crate::audit::{Names, Part, sentence};
use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::sign_in_methods::{self, SignInMethod};

/// How many entries of the audit log and sessions are shown.
const SHOWN: u32 = 20;

/// How many mails are shown.
const MAILS: u32 = 10;

/// The problems of the page's forms, each beside its form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problems {
    pub(crate) profile: Option<String>,
    /// Of one field of the profile.
    pub(crate) field: Option<FieldProblem>,
    pub(crate) metadata: Option<MetadataProblem>,
    pub(crate) email: Option<String>,
    pub(crate) roles: Option<String>,
    pub(crate) access: Option<String>,
}

/// The form that undoes what was just done: its path and its fields.
pub(crate) struct Undo {
    pub(crate) action: String,
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// What a form has left for the page.
#[derive(Default)]
pub(crate) struct Left {
    /// The link of a reset that was just created.
    pub(crate) reset_link: Option<String>,
    pub(crate) undo: Option<Undo>,
}

/// A role, and whether it can be granted here.
pub(crate) struct RoleChoice {
    pub(crate) role: Role,
    pub(crate) is_held: bool,
    /// Whether the caller can grant or remove it.
    pub(crate) can_be_changed: bool,
}

/// The part of the page that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    Security,
    Activity,
    Mail,
}

impl Tab {
    fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Security => "security",
            Self::Activity => "activity",
            Self::Mail => "mail",
        }
    }
}

#[derive(Template)]
#[template(path = "users/show.html")]
struct UserPage {
    frame: Frame,
    tab: Tab,
    user: User,
    name: String,
    initials: String,
    tint: &'static str,
    /// What undoes what was just done.
    undo: Option<Undo>,
    /// The metadata as it is stored, for those who may not change it.
    metadata: String,
    rows: Vec<Row>,
    /// The new address that was typed, if it was refused.
    typed_email: String,
    roles: Vec<RoleChoice>,
    methods: Vec<SignInMethod>,
    has_password: bool,
    factors: Vec<MfaFactor>,
    sessions: Vec<SessionView>,
    /// The usable API keys that the user created, for callers who may see them.
    keys: Vec<ApiKey>,
    attempts: Attempts,
    entries: Vec<Entry>,
    /// The names of the users in the entries.
    names: Names,
    /// The last mails to the user.
    mails: Vec<Delivery>,
    /// The path to which forms of other pages return.
    own_path: String,
    problems: Problems,
    /// The link of a reset that was just created.
    reset_link: Option<String>,
    is_self: bool,
    /// The policies of the user that the caller lacks: with any, the caller can change nothing here.
    above: Option<String>,
    fields: Vec<ProfileField>,
}

impl UserPage {
    /// Returns whether the caller has this policy and may act on this user.
    fn may(&self, policy: &str) -> bool {
        self.above.is_none() && self.frame.may(policy)
    }

    fn metadata_problem(&self) -> Option<&str> {
        self.problems.metadata.as_ref()?.whole()
    }

    /// Returns the tabs that the caller may see, with their names.
    fn tabs(&self) -> Vec<(&'static str, &'static str)> {
        let t = self.frame.t;
        let all = [
            (Tab::Overview, t.overview, true),
            (Tab::Security, t.security, true),
            (Tab::Activity, t.activity, self.frame.may("audit:read")),
            (Tab::Mail, t.mail, self.frame.may("delivery:read")),
        ];
        all.into_iter().filter(|(.., is_open)| *is_open).map(|(tab, name, _)| (tab.as_str(), name)).collect()
    }

    fn sentence(&self, entry: &Entry) -> Vec<Part> {
        sentence(&self.frame, entry, &self.names)
    }
}

/// Reads the requested tab; after a form was refused, that of the form.
fn read_tab(request: &PageRequest, problems: &Problems, has_link: bool) -> Tab {
    let may = |policy| request.permissions().allows(policy);
    match request.query.get("tab") {
        _ if problems.access.is_some() || has_link => Tab::Security,
        "security" => Tab::Security,
        "activity" if may("audit:read") => Tab::Activity,
        "mail" if may("delivery:read") => Tab::Mail,
        _ => Tab::Overview,
    }
}

/// Returns the last mails about a user, and about their identities.
async fn mails(request: &PageRequest, subject: &str) -> Result<Vec<Delivery>, Failure> {
    if !request.permissions().allows("delivery:read") {
        return Ok(Vec::new());
    }
    let owned = AuthIdentityFilter::of_actor(USER, subject);
    let identities =
        request.flows().auth().list_auth_identities(&owned, &FindConfig::default().page(0, SHOWN.into())).await?;
    let ids = identities.into_iter().map(|identity| identity.id.to_string());
    let query = DeliveryQuery {
        subjects: ids.chain([subject.to_owned()]).collect(),
        destinations: vec![MAIL.to_owned()],
        take: MAILS,
        counting: Counting::None,
        ..DeliveryQuery::default()
    };
    Ok(request.dashboard.web.deliveries.list_page(&query).await?.rows)
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let id: UserId = request.parameter(0)?;
    let what = request.shown_once().await?.unwrap_or_default();
    let left =
        Left { reset_link: what.get("reset_link").and_then(Json::as_str).map(str::to_owned), undo: undo(id, &what) };
    page(&request, StatusCode::OK, id, Problems::default(), left).await
}

/// Renders the page, with the problems and what a form has left for it.
pub(crate) async fn page(
    request: &PageRequest,
    status: StatusCode,
    id: UserId,
    problems: Problems,
    left: Left,
) -> Answer {
    let flows = request.flows();
    let user = flows.users().retrieve_user(id).await?;
    let (permissions, subject) = (request.permissions(), id.to_string());
    let mut held = flows.rbac().role_ids_of(flows.database(), &subject).await?;
    if problems.roles.is_some() {
        // The ticked boxes stay ticked.
        let shown: Vec<&str> = request.form.all("shown").collect();
        held.retain(|role| !shown.contains(&role.as_str()));
        held.extend(request.form.all("role").filter_map(|id| id.parse().ok()));
    }
    let choice = |role: Role| RoleChoice {
        is_held: held.contains(&role.id),
        can_be_changed: permissions.covers(&role.grants),
        role,
    };
    let is_self = request.caller.as_ref().and_then(|caller| caller.user.as_ref()).is_some_and(|own| own.id == id);
    let theirs = flows.rbac().permissions_of(flows.database(), &subject).await?;
    let missing = if is_self { Vec::new() } else { permissions.missing(theirs.keys()) };
    let above = (!missing.is_empty()).then(|| request.texts().above_you(&missing.join(", ")));
    let mut sessions = Vec::new();
    let tab = read_tab(request, &problems, left.reset_link.is_some());
    if tab == Tab::Security && permissions.allows("session:read") {
        let own = request.caller.as_ref().map(|caller| caller.session_id);
        sessions = flows.list_sessions_of_user(id, own, 0, SHOWN).await?.0;
    }
    let mut entries = Vec::new();
    if tab == Tab::Activity {
        let about = AuditField::TargetId.eq(subject.clone()).or(AuditField::ActorId.eq(subject.clone()));
        let find = FindConfig::default().order_by(AuditField::Id, Direction::Descending).page(0, SHOWN.into());
        entries = flows.audit().list_and_count(&about, &find).await?.0;
    }
    let typed_profile = problems.profile.is_some() || problems.metadata.is_some() || problems.field.is_some();
    let metadata = user.metadata.as_ref();
    let rows = match typed_profile {
        true => metadata_form::typed(&request.form, problems.metadata.as_ref()),
        false => {
            let draft = request.draft.as_ref().map_or(0, |draft| metadata_form::needed(&draft.fields));
            metadata_form::stored(metadata, draft)
        }
    };
    let metadata = metadata.and_then(|metadata| serde_json::to_string_pretty(metadata.as_object()).ok());
    let linked = flows.list_sign_in_methods_of_user(id).await?;
    let providers: Vec<String> = linked.iter().map(|part| part.provider.clone()).collect();
    let fields = profile_form::fields(request, &user, is_self, typed_profile, problems.field.as_ref());
    let is_just_locked = request.query.get("done") == "locked" && user.locked_at.is_some();
    let page = UserPage {
        frame: request.frame(),
        tab,
        name: format::name(&user),
        initials: format::initials(&format::name(&user)),
        tint: format::tint(&subject),
        undo: match is_just_locked {
            true => Some(Undo { action: format!("/app/users/{id}/unlock"), fields: Vec::new() }),
            false => left.undo,
        },
        names: Names::of(request, &entries).await?,
        metadata: metadata.unwrap_or_default(),
        rows,
        typed_email: if problems.email.is_some() { request.form.get("email").to_owned() } else { String::new() },
        roles: roles(request).await?.into_iter().map(choice).collect(),
        has_password: flows.auth().hold_passwords(&providers),
        methods: sign_in_methods::describe(request, &linked),
        factors: flows
            .list_mfas_of_user(id)
            .await?
            .into_iter()
            .filter(|factor| factor.status == MfaStatus::Enabled)
            .collect(),
        sessions,
        keys: keys_of(request, id).await?,
        attempts: flows.attempts_of_user(id).await?,
        entries,
        mails: if tab == Tab::Mail { mails(request, &subject).await? } else { Vec::new() },
        own_path: format!("/app/users/{id}?tab=mail"),
        problems,
        reset_link: left.reset_link,
        is_self,
        above,
        fields,
        user,
    };
    request.page_with(status, &page)
}
