//! What a list's response says beside the things.

use serde::{Serialize, Serializer};
use vestibule_core::{Count, CursorPage, Direction, Field};

use crate::request::Rows;

/// `count`, `offset` and `limit`; `next` where the request has `after`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Numbers {
    #[serde(flatten, serialize_with = "write_count")]
    count: Option<Count>,
    offset: u64,
    limit: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Option<String>>,
}

/// `count`, and whether there are more.
#[derive(Serialize)]
struct Counted {
    count: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    count_is_minimum: bool,
}

fn write_count<S: Serializer>(count: &Option<Count>, serializer: S) -> Result<S::Ok, S::Error> {
    let counted = count.map(|count| match count {
        Count::Exactly(count) => Counted { count, count_is_minimum: false },
        Count::MoreThan(count) => Counted { count, count_is_minimum: true },
    });
    counted.serialize(serializer)
}

impl Numbers {
    /// Those of a page in this order, whose request asked for these rows and had `after` or not.
    pub(crate) fn of<T, F: Field>(page: &CursorPage<T>, order: &[(F, Direction)], rows: Rows, has_next: bool) -> Self {
        let next = has_next.then(|| page.next.as_ref().map(|next| next.write(order)));
        Self { count: page.count, offset: rows.offset, limit: rows.limit, next }
    }
}

/// The count, the offset and the limit.
impl From<(u64, u64, u64)> for Numbers {
    fn from((count, offset, limit): (u64, u64, u64)) -> Self {
        Self { count: Some(Count::Exactly(count)), offset, limit, next: None }
    }
}
