//! The pages of a list.

use vestibule_core::{Count, Field, FindConfig, MOST_COUNTED};

use crate::request::PageRequest;

/// How many rows a page has by default.
const ROWS: u32 = 50;

/// The most rows of a page.
const MOST_ROWS: u32 = 200;

/// The requested page: `page`, from 1, and `rows` of the query. Invalid values count as absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paging {
    page: u32,
    pub(crate) rows: u32,
}

/// The position among the pages of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// How many rows there are: `10000+` if a search finds more than are counted.
    pub(crate) count: String,
    /// The queries of the previous and the next page.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Paging {
    pub(crate) fn read(request: &PageRequest) -> Self {
        let number = |name, most| request.query.get(name).parse().ok().filter(|number| (1..=most).contains(number));
        Self { page: number("page", 1_000_000).unwrap_or(1), rows: number("rows", MOST_ROWS).unwrap_or(ROWS) }
    }

    /// Returns how many rows to skip.
    pub(crate) fn skip(self) -> u32 {
        (self.page - 1).saturating_mul(self.rows)
    }

    /// Returns the page, of any rows.
    pub(crate) fn find<F: Field>(self) -> FindConfig<F> {
        FindConfig::default().page(self.skip().into(), self.rows.into())
    }

    /// Returns the count of a list; one more than was counted, or than this page can show, where there are more.
    pub(crate) fn number(self, count: Option<Count>) -> u64 {
        let shown = u64::from(self.skip()) + u64::from(self.rows);
        match count {
            Some(Count::Exactly(count)) => count,
            Some(Count::MoreThan(count)) => count.max(shown) + 1,
            None => 0,
        }
    }

    /// Returns the position among `count` rows, `shown` of which are on this page.
    pub(crate) fn pager(self, request: &PageRequest, shown: usize, count: u64) -> Pager {
        let last = u64::from(self.skip()) + u64::try_from(shown).unwrap_or(0);
        let query = |page: u32| request.query.with("page", &page.to_string());
        Pager {
            first: if shown == 0 { 0 } else { u64::from(self.skip()) + 1 },
            last,
            count: counted(request, count, last),
            before: (self.page > 1).then(|| query(self.page - 1)),
            after: (last < count && shown > 0).then(|| query(self.page + 1)),
        }
    }
}

/// Returns the count of a list whose rows were read up to `last`. A search counts to a limit, and says that there are more by one
/// more.
pub(crate) fn counted(request: &PageRequest, count: u64, last: u64) -> String {
    let is_search = request.query.text("q").is_some();
    match count.checked_sub(1) {
        Some(most) if is_search && most >= last.max(MOST_COUNTED) => format!("{MOST_COUNTED}+"),
        _ => count.to_string(),
    }
}
