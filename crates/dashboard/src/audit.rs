//! `/app/audit`: the audit log.

use std::collections::HashMap;

use askama::Template;
use vestibule_audit::{Action, AuditField, Entry};
use vestibule_core::{Condition, Counting, Direction, Field, Filter, FindConfig, Timestamp};
use vestibule_flows::{AuditExport, FailureReason};
use vestibule_user::{UserField, UserId};
use vestibule_web::ExportFormat;

use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::paging::{Pager, Paging, exported};
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "audit/list.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<Entry>,
    /// The names of the users in the entries, by id.
    names: HashMap<String, String>,
    pager: Pager,
    action: String,
    actor: String,
    target: String,
    from: String,
    until: String,
    /// The query of the list, for the export of the same entries.
    query: String,
    is_filtered: bool,
}

impl AuditPage {
    /// Describes an entry of a failure or a refusal.
    fn words(&self, entry: &Entry) -> Option<String> {
        let t = self.frame.t;
        let field = |name: &str| entry.after.as_ref().and_then(|after| after.get(name));
        let text = |name: &str| field(name).and_then(|value| value.as_str());
        let what = match entry.action {
            Action::SignInFailed => t.audit_sign_in_failed,
            Action::ProofFailed => t.audit_proof_failed,
            Action::RequestRefused => t.audit_request_refused,
            _ => return None,
        };
        let why = match text("reason").map(FailureReason::from) {
            Some(FailureReason::WrongPassword) => t.reason_wrong_password,
            Some(FailureReason::UnknownAccount) => t.reason_unknown_account,
            Some(FailureReason::WrongCode) => t.reason_wrong_code,
            Some(FailureReason::WrongAnswer) => t.reason_wrong_answer,
            Some(FailureReason::PasskeyCounter) => t.reason_passkey_counter,
            Some(FailureReason::Blocked) => t.reason_blocked,
            Some(FailureReason::Locked) => t.reason_locked,
            _ => text("path").unwrap_or(t.reason_others),
        };
        let count = field("count").and_then(|count| count.as_u64()).unwrap_or(1);
        let times = if count > 1 { t.audit_times(count) } else { String::new() };
        Some(format!("{what}{} {why}{times}", t.colon))
    }

    /// Returns the name of a user, or the id if it is not known.
    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }
}

/// Returns the names of the users in some entries, for callers who may read users; in one query.
async fn names(request: &PageRequest, entries: &[Entry]) -> Result<HashMap<String, String>, Failure> {
    if !request.permissions().allows("user:read") {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<&str> = Vec::new();
    for entry in entries {
        ids.extend(entry.actor_id.as_deref());
        ids.push(&entry.target_id);
    }
    ids.retain(|id| id.parse::<UserId>().is_ok());
    ids.sort_unstable();
    ids.dedup();
    let wanted = UserField::Id.is(Condition::In(ids.into_iter().map(Into::into).collect()));
    let users = request.flows().users().list_users(&wanted, &FindConfig::default()).await?;
    Ok(users.into_iter().map(|user| (user.id.to_string(), format::name(&user))).collect())
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let paging = Paging::read(&request, (order(&request), Direction::Descending));
    let filters = filters(&request);
    let is_filtered = !filters.is_empty();
    let filter = filters.into_iter().fold(Filter::everything(), Filter::and);
    let listed = request.flows().audit().list_page(&filter, &paging.find(Counting::Estimated)).await?;
    if let Some(elsewhere) = paging.beyond(&request, &listed) {
        return elsewhere;
    }
    let field = |name| request.query.get(name).to_owned();
    let page = AuditPage {
        names: names(&request, &listed.rows).await?,
        frame: request.frame(),
        pager: paging.pager(&request, &listed),
        entries: listed.rows,
        action: field("action"),
        actor: field("actor"),
        target: field("target"),
        from: field("from"),
        until: field("until"),
        query: exported(&request),
        is_filtered,
    };
    request.page(&page)
}

pub(crate) async fn csv(request: SharedRequest) -> Answer {
    export(&request, ExportFormat::Csv).await
}

pub(crate) async fn json_lines(request: SharedRequest) -> Answer {
    export(&request, ExportFormat::JsonLines).await
}

async fn export(request: &PageRequest, format: ExportFormat) -> Answer {
    let filter = filters(request).into_iter().fold(Filter::everything(), Filter::and);
    let entries = AuditExport::new(request.flows().clone(), filter, order(request));
    request.export("audit", format, entries).await
}

/// Returns what the entries are sorted by: the same order, by the index that has the days, or else those that have the filters.
fn order(request: &PageRequest) -> AuditField {
    let is_given = |name: &str| request.query.text(name).is_some();
    let by_day = (is_given("from") || is_given("until")) && !["action", "actor", "target"].into_iter().any(is_given);
    if by_day { AuditField::CreatedAt } else { AuditField::Id }
}

/// Reads the filters of the query: an action, or all of one kind (`user`), an actor, a target, days.
fn filters(request: &PageRequest) -> Vec<Filter<AuditField>> {
    let mut filters = Vec::new();
    if let Some(action) = request.query.text("action") {
        let of_kind = format!("{}.%", action.replace(['%', '_', '\\'], ""));
        filters.push(match action.contains('.') {
            true => AuditField::Action.eq(action),
            false => AuditField::Action.is(Condition::Like(of_kind)),
        });
    }
    for (name, field) in [("actor", AuditField::ActorId), ("target", AuditField::TargetId)] {
        filters.extend(request.query.text(name).map(|id| field.eq(id)));
    }
    let day = |name| request.query.get(name).parse::<Timestamp>().ok();
    filters.extend(day("from").map(|from| AuditField::CreatedAt.is(Condition::Gte(from.into()))));
    let end = day("until").map(|until| until + std::time::Duration::from_secs(24 * 60 * 60));
    filters.extend(end.map(|end| AuditField::CreatedAt.is(Condition::Lt(end.into()))));
    filters
}
