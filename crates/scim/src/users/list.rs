//! Lists of users: by index, and by cursor (RFC 9865).

use vestibule_core::{Before, Count, Counting, Cursor, Direction, Filter, FindConfig};
use vestibule_user::directory::{DirectoryField, DirectoryUser};

use super::{filter, resource};
use crate::call::Call;
use crate::error::ScimError;
use crate::query::{ListPage, ListQuery, Start};
use crate::reply::Answer;

pub(crate) async fn list(call: &Call) -> Answer {
    found(call, &ListQuery::of_parameters(call)?).await
}

pub(crate) async fn search(call: &Call) -> Answer {
    found(call, &ListQuery::of_body(&call.body()?)?).await
}

async fn found(call: &Call, query: &ListQuery) -> Answer {
    let wanted = query.filter.as_ref().map_or_else(|| Ok(Filter::everything()), filter::typed)?;
    let field = query.sort_by.as_ref().map(filter::sort_field).transpose()?;
    let find = match (field, query.is_descending) {
        // In the order of their creation.
        (None, false) => FindConfig::default(),
        (None, true) => FindConfig::default().order_by(DirectoryField::Id, Direction::Descending),
        (Some(field), false) => FindConfig::default().order_by(field, Direction::Ascending),
        (Some(field), true) => FindConfig::default().order_by(field, Direction::Descending),
    };
    let (page, users) = match &query.start {
        Start::Index(start) => by_index(call, &wanted, find.page(start.saturating_sub(1), query.count)).await?,
        Start::Cursor(cursor) => by_cursor(call, &wanted, find.page(0, query.count), cursor).await?,
    };
    let resources = resource::of_users(call, users, &query.chosen).await?;
    Ok(ListPage { resources, ..page }.reply(query))
}

type Found = (ListPage, Vec<DirectoryUser>);

async fn by_index(
    call: &Call,
    wanted: &Filter<DirectoryField>,
    find: FindConfig<DirectoryField>,
) -> Result<Found, ScimError> {
    let (users, total) = call.flows().users().list_and_count_directory_users(wanted, &find).await?;
    Ok((ListPage { total, ..ListPage::default() }, users))
}

/// A cursor is `n` or `p` for the page after or before, and the place of a row.
async fn by_cursor(
    call: &Call,
    wanted: &Filter<DirectoryField>,
    mut find: FindConfig<DirectoryField>,
    cursor: &str,
) -> Result<Found, ScimError> {
    // A page without rows has no place to continue from.
    find.take = find.take.map(|take| take.max(1));
    find.counting = Counting::Exact;
    let order = find.order.clone();
    let read = |text: &str| {
        Cursor::read(text, &order).map_err(|_| {
            ScimError::cursor("this is no cursor of this list: repeat its order, or begin with an empty one")
        })
    };
    match cursor.split_at_checked(1) {
        None => {}
        Some(("n", place)) => find.after = Some(read(place)?),
        Some(("p", place)) => find.before = Some(Before::Row(read(place)?)),
        Some(_) => return Err(ScimError::cursor("this is no cursor of this list: begin with an empty one")),
    }
    let page = call.flows().users().list_page_of_directory_users(wanted, &find).await?;
    let written = |mark: &str, place: &Cursor| format!("{mark}{}", place.write(&order));
    let total = match page.count {
        Some(Count::Exactly(count) | Count::MoreThan(count)) => count,
        None => 0,
    };
    let listed = ListPage {
        total,
        next: page.next.as_ref().map(|place| written("n", place)),
        previous: page.previous.as_ref().map(|place| written("p", place)),
        ..ListPage::default()
    };
    Ok((listed, page.rows))
}
