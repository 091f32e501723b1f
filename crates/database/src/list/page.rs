//! A page with what leads to the pages beside it.

use vestibule_core::{
    Count, Counting, Cursor, CursorPage, Direction, Field, Filter, FindConfig, MOST_COUNTED, Reading, Value,
};

use super::order::Order;
use super::{Conditions, Counted, Table, count_where, counted, plan};
use crate::{Connection, Error, FromRow, Row};

/// Lists the rows that match a filter and these conditions, with what leads to the pages beside it, and counts as `find` says.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_page_where<T: FromRow, F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    conditions: &Conditions,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<CursorPage<T>, Error> {
    page_of(connection.into(), table.into(), conditions, filter, find).await
}

async fn page_of<T: FromRow, F: Field>(
    mut connection: Connection<'_>,
    Counted { table, kept }: Counted,
    conditions: &Conditions,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<CursorPage<T>, Error> {
    let plan = plan(&mut connection, table, filter).await?;
    let wanted = (conditions, &plan);
    let keys = keys(&Order::of(find).fields)?;
    let columns = format!("{keys}, {}", table.columns);
    // One more than wanted: whether there is a next page.
    let one_more = FindConfig { take: find.take.map(|take| take.saturating_add(1)), ..find.clone() };
    let rows: Vec<Keyed<T>> = match find.take {
        Some(0) => Vec::new(),
        _ => super::read(connection.again(), (table, &columns), wanted, filter, &one_more).await?,
    };
    let page = CursorPage::cut(rows, find.reading(), find.take, |row| Cursor::new(row.keys.clone(), row.id.clone()));
    let count = match (find.counting, known(find, &page)) {
        (Counting::None, _) => None,
        (_, Some(count)) => Some(Count::Exactly(count)),
        (counting, None) => match counted::kept(&mut connection, kept.as_ref()).await? {
            Some(count) => Some(Count::Exactly(count)),
            None => {
                let most = (counting == Counting::Estimated).then_some(MOST_COUNTED);
                let count = count_where(connection, table, wanted, filter, (find.with_deleted, most)).await?;
                Some(if most.is_some() { Count::up_to_most(count) } else { Count::Exactly(count) })
            }
        },
    };
    Ok(page.with_count(count).map(|keyed| keyed.row))
}

/// How many rows match, where a page shows it: all rows on its one side are known, and there are none on the other.
fn known<T, F: Field>(find: &FindConfig<F>, page: &CursorPage<T>) -> Option<u64> {
    let skipped = match find.reading() {
        _ if find.take == Some(0) => return None,
        Reading::FromStart if page.next.is_none() => 0,
        Reading::FromEnd if page.previous.is_none() => 0,
        Reading::After if find.after.is_none() && page.next.is_none() && !page.rows.is_empty() => find.skip,
        _ => return None,
    };
    Some(skipped.saturating_add(u64::try_from(page.rows.len()).unwrap_or(u64::MAX)))
}

/// The same without further conditions.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_page<T: FromRow, F: Field>(
    connection: impl Into<Connection<'_>>,
    table: impl Into<Counted>,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<CursorPage<T>, Error> {
    let connection = connection.into();
    let conditions = Conditions::new(connection.engine());
    page_of(connection, table.into(), &conditions, filter, find).await
}

/// The same for the rows' ids: for large rows that are read a few at a time.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_page_of_ids<F: Field>(
    connection: impl Into<Connection<'_>>,
    table: impl Into<Counted>,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<CursorPage<String>, Error> {
    let mut counted = table.into();
    counted.table.columns = "id";
    let page = list_page(connection, counted, filter, find).await?;
    Ok(page.map(|Id(id)| id))
}

struct Id(String);

impl FromRow for Id {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        row.get("id").map(Self)
    }
}

/// The names under which a row's place is selected; no type has as many fields.
const KEYS: [&str; 16] = [
    "key_0", "key_1", "key_2", "key_3", "key_4", "key_5", "key_6", "key_7", "key_8", "key_9", "key_10", "key_11",
    "key_12", "key_13", "key_14", "key_15",
];

const KEY_ID: &str = "key_id";

/// The columns that make a row's place in an order.
fn keys<F: Field>(order: &[(F, Direction)]) -> Result<String, Error> {
    if order.len() > KEYS.len() {
        return Err(Error::other(format!("a list is sorted by more than {} fields", KEYS.len())));
    }
    let fields = order.iter().zip(KEYS).map(|((field, _), key)| format!("{} AS {key}, ", field.sort_key()));
    Ok(format!("{}id AS {KEY_ID}", fields.collect::<String>()))
}

/// A row with its place.
struct Keyed<T> {
    row: T,
    keys: Vec<Value>,
    id: String,
}

impl<T: FromRow> FromRow for Keyed<T> {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let keys = KEYS.iter().map_while(|key| row.find(key)).collect::<Result<_, _>>()?;
        Ok(Self { keys, id: row.get(KEY_ID)?, row: T::from_row(row)? })
    }
}
