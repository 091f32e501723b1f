//! The pages of a list.
//!
//! A page begins after a row, or ends before one: the link to it has that row's place in the order (a [`Cursor`]), so that every page
//! costs the same, and rows that are created or deleted in between move no others. The place is followed by a mark of the list, so
//! that a link of another filter is recognised.

use vestibule_core::{Before, Count, Counting, Cursor, CursorPage, Direction, Field, FindConfig, Reading};

use crate::form::Fields;
use crate::format;
use crate::request::{Answer, PageRequest};

/// How many rows a page has by default.
const ROWS: u32 = 50;

/// The numbers of rows to choose from.
const SIZES: [u32; 3] = [25, 50, 100];

/// The smallest of them.
const SMALLEST: usize = 25;

/// The most rows of a page.
const MOST_ROWS: u32 = 200;

/// How many rows are skipped at most for a link with the number of a page, as pages had before: they are all read.
const MOST_SKIPPED: u32 = 10_000;

/// The fields of a query that say where a page is, or what it shows this time.
const PLACES: [&str; 5] = ["after", "before", "page", "once", "draft"];

/// The last page, as the value of `before`.
const END: &str = "end";

/// The requested page of a list in this order. Invalid values count as absent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Paging<F> {
    order: (F, Direction),
    place: Place,
    rows: u32,
    /// Whether the query requests a place that this list does not have.
    is_lost: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Place {
    First,
    After(Cursor),
    Before(Before),
    Skip(u32),
}

/// The position among the pages of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pager {
    /// Which rows these are, where that is known, and how many there are.
    pub(crate) range: String,
    /// How many rows there are; empty if they are not counted.
    pub(crate) count: String,
    /// Whether the link to this page belongs to another list, of which the first page is shown.
    pub(crate) is_lost: bool,
    /// The part of the page that the links lead to, such as `#holders`.
    pub(crate) anchor: &'static str,
    /// How many rows a page can have; none if the list fits on the smallest.
    pub(crate) sizes: Vec<Size>,
    /// The queries of the pages beside it.
    pub(crate) first: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<String>,
}

/// The header of a column that sorts the list.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    /// `ascending`, `descending`, or empty if the list is not sorted by it.
    pub(crate) is_sorted: &'static str,
    /// The query that sorts by it, or reverses the order.
    pub(crate) query: String,
}

/// A number of rows of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) rows: u32,
    pub(crate) query: String,
    pub(crate) is_here: bool,
}

impl<F: Field> Paging<F> {
    pub(crate) fn read(request: &PageRequest, order: (F, Direction)) -> Self {
        let number = |name: &str| request.query.get(name).parse::<u32>().ok().filter(|number| *number > 0);
        let rows = number("rows").filter(|rows| *rows <= MOST_ROWS).unwrap_or(ROWS);
        let (after, before, page) = (request.query.get("after"), request.query.get("before"), number("page"));
        let place = match page {
            _ if !after.is_empty() => read_cursor(request, after, order).map(Place::After),
            _ if before == END => Some(Place::Before(Before::End)),
            _ if !before.is_empty() => read_cursor(request, before, order).map(|row| Place::Before(Before::Row(row))),
            None | Some(1) => Some(Place::First),
            Some(page) => (page - 1).checked_mul(rows).filter(|skip| *skip <= MOST_SKIPPED).map(Place::Skip),
        };
        Self { order, rows, is_lost: place.is_none(), place: place.unwrap_or(Place::First) }
    }

    /// Returns the page, counted like this.
    pub(crate) fn find(&self, counting: Counting) -> FindConfig<F> {
        let (mut find, (field, direction)) = (FindConfig::default().page(0, self.rows.into()), self.order);
        match &self.place {
            Place::First => {}
            Place::After(row) => find.after = Some(row.clone()),
            Place::Before(before) => find.before = Some(before.clone()),
            Place::Skip(skip) => find.skip = (*skip).into(),
        }
        FindConfig { counting, ..find.order_by(field, direction) }
    }

    /// Redirects to the nearest page that has rows, if this one lies behind them all: they were deleted after the link was made.
    pub(crate) fn beyond<T>(&self, request: &PageRequest, page: &CursorPage<T>) -> Option<Answer> {
        let to = match self.place {
            _ if !page.rows.is_empty() => return None,
            Place::First | Place::Before(Before::End) => return None,
            Place::After(_) | Place::Skip(_) => ("before", END),
            Place::Before(Before::Row(_)) => ("before", ""),
        };
        let query = request.query.without(&PLACES).with(to.0, to.1);
        Some(request.go(&format!("{}?{query}", request.path())))
    }

    /// Returns the position of a page of the list.
    pub(crate) fn pager<T>(&self, request: &PageRequest, page: &CursorPage<T>) -> Pager {
        let list = request.query.without(&PLACES).without(&["done"]);
        let mark = mark(request);
        let link = |name: &str, row: &Cursor| list.with(name, &format!("{}.{mark}", row.write(&[self.order])));
        let reading = self.find(Counting::None).reading();
        Pager {
            range: self.range(request, page),
            count: page.count.map(|count| format::count(count, request.language)).unwrap_or_default(),
            is_lost: self.is_lost,
            anchor: "",
            sizes: self.sizes(&list, page),
            first: (reading != Reading::FromStart).then(|| list.with("after", "")),
            before: page.previous.as_ref().map(|row| link("before", row)),
            after: page.next.as_ref().map(|row| link("after", row)),
            last: page.next.as_ref().map(|_| list.with("before", END)),
        }
    }

    /// Returns the sizes to choose from, where the list has more rows than the smallest.
    fn sizes<T>(&self, list: &Fields, page: &CursorPage<T>) -> Vec<Size> {
        let has_more = page.previous.is_some() || page.next.is_some();
        if !has_more && page.rows.len() <= SMALLEST {
            return Vec::new();
        }
        let size = |rows| Size { rows, query: list.with("rows", &rows.to_string()), is_here: rows == self.rows };
        SIZES.map(size).into()
    }

    fn range<T>(&self, request: &PageRequest, page: &CursorPage<T>) -> String {
        let texts = request.texts();
        let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        let first = match (&self.place, page.count) {
            (Place::First, _) => Some(1),
            (Place::Skip(skip), _) => Some(u64::from(*skip) + 1),
            (Place::Before(Before::End), Some(Count::Exactly(count))) => (count + 1).checked_sub(shown),
            _ => None,
        };
        let number = |number: u64| format::number(number, request.language);
        let positions = first.map(|first| format!("{}–{}", number(first), number((first + shown).saturating_sub(1))));
        let count = page.count.map(|count| format::count(count, request.language));
        match (positions, count) {
            (Some(positions), Some(count)) => format!("{positions} {} {count}", texts.of),
            (None, Some(count)) if matches!(page.count, Some(Count::MoreThan(_))) => count,
            (None, Some(count)) => texts.in_all(&count),
            (positions, None) => positions.unwrap_or_default(),
        }
    }
}

/// Returns the query of a list without its page: for the export of the same rows.
pub(crate) fn exported(request: &PageRequest) -> String {
    request.query.without(&PLACES).without(&["done", "rows"]).with("page", "")
}

/// Reads the place of a row, if it is one of this list.
fn read_cursor<F: Field>(request: &PageRequest, text: &str, order: (F, Direction)) -> Option<Cursor> {
    let (cursor, of) = text.split_once('.')?;
    if of != mark(request) {
        return None;
    }
    Cursor::read(cursor, &[order]).ok()
}

/// Returns the mark of a list: its path and its filters, by FNV-1a. It keeps no secret: a place is as good in another list, but it is
/// not the page that the link was made for.
fn mark(request: &PageRequest) -> String {
    let list = request.query.without(&PLACES).without(&["done", "rows"]);
    let mut fields: Vec<(&str, &str)> = list.iter().collect();
    fields.sort_unstable();
    let parts = fields.into_iter().flat_map(|(name, value)| [name, value]).chain([request.path()]);
    let bytes = parts.flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}
