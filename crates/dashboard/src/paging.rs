//! The pages of a list.

use vestibule_core::{Field, FindConfig};

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
    pub(crate) count: u64,
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

    /// Returns the position among `count` rows, `shown` of which are on this page.
    pub(crate) fn pager(self, request: &PageRequest, shown: usize, count: u64) -> Pager {
        let last = u64::from(self.skip()) + u64::try_from(shown).unwrap_or(0);
        let query = |page: u32| request.query.with("page", &page.to_string());
        Pager {
            first: if shown == 0 { 0 } else { u64::from(self.skip()) + 1 },
            last,
            count,
            before: (self.page > 1).then(|| query(self.page - 1)),
            after: (last < count && shown > 0).then(|| query(self.page + 1)),
        }
    }
}
