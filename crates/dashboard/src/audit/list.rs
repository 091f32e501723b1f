//! The list of the entries, and their export.

use askama::Template;
use vestibule_audit::{Action, AuditField, Entry};
use vestibule_core::{Condition, Counting, Direction, Field, Filter, Timestamp};
use vestibule_flows::AuditExport;
use vestibule_web::ExportFormat;

use super::changes::{Change, changes};
use super::names::Names;
use super::sentence::{Part, sentence};
use crate::layout::Frame;
use crate::paging::{Pager, Paging, exported};
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "audit/list.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<Entry>,
    names: Names,
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

/// The actions of one kind, to choose from.
struct Kind {
    name: &'static str,
    actions: Vec<&'static str>,
}

impl AuditPage {
    /// Returns the actions to choose from, by kind.
    #[expect(clippy::unused_self, reason = "templates call methods of their page")]
    fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        for action in Action::ALL {
            let action = action.as_str();
            let name = action.split_once('.').map_or(action, |(name, _)| name);
            match kinds.last_mut().filter(|kind| kind.name == name) {
                Some(kind) => kind.actions.push(action),
                None => kinds.push(Kind { name, actions: vec![action] }),
            }
        }
        kinds
    }

    fn sentence(&self, entry: &Entry) -> Vec<Part> {
        sentence(&self.frame, entry, &self.names)
    }

    #[expect(clippy::unused_self, reason = "templates call methods of their page")]
    fn changes(&self, entry: &Entry) -> Vec<Change> {
        changes(entry)
    }
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
        names: Names::of(&request, &listed.rows).await?,
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
