//! Which parts of a table a filter selects, where each row is in exactly one part.

use crate::{Condition, Filter};

/// How many levels of a filter are read; usual ones have three or four.
const MAX_DEPTH: usize = 32;

/// Parts of a table, a bit for each: those that a filter selects whole, and those of which it selects anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Parts all of whose rows match.
    pub whole: u32,
    /// Parts of which rows may match.
    pub any: u32,
}

impl Parts {
    /// What matches these parts and nothing else.
    pub fn exactly(parts: u32) -> Self {
        Self { whole: parts, any: parts }
    }

    /// What may match any row.
    pub fn unknown() -> Self {
        Self { whole: 0, any: u32::MAX }
    }
}

impl<F: Copy> Filter<F> {
    /// Finds the parts that this filter selects, where it selects each of `all` whole or not at all. `of` says what a condition on
    /// a field selects.
    ///
    /// ```
    /// use vestibule_core::{Condition, Field, Filter, Parts, Value};
    /// vestibule_core::fields!(ThingField { LockedAt: "locked_at" as Time, Name: "name" as Text });
    ///
    /// const FREE: u32 = 1;
    /// const LOCKED: u32 = 2;
    /// let of = |field, condition: &Condition| match (field, condition) {
    ///     (ThingField::LockedAt, Condition::Eq(Value::Null)) => Parts::exactly(FREE),
    ///     _ => Parts::unknown(),
    /// };
    /// let parts = |filter: Filter<ThingField>| filter.parts(FREE | LOCKED, of);
    ///
    /// assert_eq!(parts(Filter::everything()), Some(FREE | LOCKED));
    /// assert_eq!(parts(!ThingField::LockedAt.eq(Value::Null)), Some(LOCKED));
    /// assert_eq!(parts(ThingField::Name.eq("Ada")), None);
    /// ```
    pub fn parts(&self, all: u32, of: impl Fn(F, &Condition) -> Parts) -> Option<u32> {
        let parts = self.selected(&of, 0);
        (parts.whole & all == parts.any & all).then_some(parts.whole & all)
    }

    fn selected(&self, of: &impl Fn(F, &Condition) -> Parts, depth: usize) -> Parts {
        if depth >= MAX_DEPTH {
            return Parts::unknown();
        }
        let inner = |filter: &Self| filter.selected(of, depth + 1);
        match self {
            Self::All(filters) => filters.iter().map(inner).fold(Parts::exactly(u32::MAX), |one, other| Parts {
                whole: one.whole & other.whole,
                any: one.any & other.any,
            }),
            Self::Any(filters) => filters.iter().map(inner).fold(Parts::exactly(0), |one, other| Parts {
                whole: one.whole | other.whole,
                any: one.any | other.any,
            }),
            Self::Not(filter) => {
                let parts = inner(filter);
                Parts { whole: !parts.any, any: !parts.whole }
            }
            Self::Field(field, condition) => of(*field, condition),
            Self::Search(_) => Parts::unknown(),
        }
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro makes a type for other crates")]
mod tests {
    use super::*;
    use crate::{Field, Value};

    crate::fields!(ThingField { State: "state" as Text, At: "at" as Time, Name: "name" as Text });

    const OPEN: u32 = 1;
    const OVER: u32 = 2;
    const DONE: u32 = 4;

    /// Things in the state `open` are over at a time; those that are done have such a time as well.
    fn parts(filter: Filter<ThingField>) -> Option<u32> {
        filter.parts(OPEN | OVER | DONE, |field, condition| match (field, condition) {
            (ThingField::State, Condition::Eq(Value::Text(state))) if state == "open" => Parts::exactly(OPEN | OVER),
            (ThingField::State, Condition::Eq(Value::Text(_))) => Parts::exactly(DONE),
            (ThingField::At, Condition::Gt(_)) => Parts { whole: OPEN, any: OPEN | DONE },
            (ThingField::At, Condition::Lte(_)) => Parts { whole: OVER, any: OVER | DONE },
            _ => Parts::unknown(),
        })
    }

    #[test]
    fn parts_are_found_through_and_or_and_not() {
        let open = || ThingField::State.eq("open");
        let done = || ThingField::State.eq("done");
        let later = || ThingField::At.is(Condition::Gt(5_i64.into()));
        let over = || ThingField::At.is(Condition::Lte(5_i64.into()));
        assert_eq!(parts(Filter::everything()), Some(OPEN | OVER | DONE));
        assert_eq!(parts(Filter::Any(Vec::new())), Some(0));
        assert_eq!(parts(open()), Some(OPEN | OVER));
        assert_eq!(parts(open().and(later())), Some(OPEN));
        assert_eq!(parts(Filter::Any(vec![open().and(over()), done()]).and(Filter::everything())), Some(OVER | DONE));
        assert_eq!(parts(!open()), Some(DONE));
        assert_eq!(parts(!(open().and(later()))), Some(OVER | DONE));
        assert_eq!(parts((!later()).and(open())), Some(OVER));
        assert_eq!(parts(done().and(open())), Some(0));
    }

    #[test]
    fn filters_that_cut_a_part_have_none() {
        assert_eq!(parts(ThingField::At.is(Condition::Gt(5_i64.into()))), None);
        assert_eq!(parts(ThingField::Name.eq("x")), None);
        assert_eq!(parts(!ThingField::Name.eq("x")), None);
        assert_eq!(parts(ThingField::State.eq("open").and(Filter::Search("x".to_owned()))), None);
        let deep = (0..40).fold(ThingField::State.eq("open"), |filter, _| Filter::All(vec![filter]));
        assert_eq!(parts(deep), None);
    }
}
