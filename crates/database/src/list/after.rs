//! The rows after a cursor.
//!
//! By a disjunction (`a > 1 OR a = 1 AND id > 2 OR a IS NULL`) both databases read an index from its beginning. So a list that is
//! sorted by one field is read in stretches, each of which begins in the middle of the field's index: the rows with a value, by a
//! comparison of pairs, and the rows without.

use vestibule_core::{Cursor, Direction, Field, Value};

use super::Query;
use super::order::Order;

/// Rows that follow a cursor and each other.
pub(super) enum Stretch<'a, F> {
    /// Those with a larger id, or with a smaller one when descending.
    Id(&'a str, Direction),
    /// Those whose value and id follow this value and this id.
    Value(F, &'a Value, &'a str, Direction),
    /// Those that have a value.
    AnyValue(F),
    /// Those without a value, after this id if there is one.
    NoValue(F, Option<&'a str>, Direction),
    /// Those that follow in an order by several fields.
    Fields(&'a Order<F>, &'a Cursor),
}

/// What follows a cursor, in order.
pub(super) fn stretches<'a, F: Field>(after: &'a Cursor, order: &'a Order<F>) -> Vec<Stretch<'a, F>> {
    let id = after.id();
    match (order.fields.as_slice(), after.values()) {
        ([], _) => vec![Stretch::Id(id, order.id)],
        ([(field, direction)], _) if is_id(*field) => vec![Stretch::Id(id, *direction)],
        // Rows without a value come last when ascending, first when descending.
        ([(field, Direction::Ascending)], [Value::Null]) => {
            vec![Stretch::NoValue(*field, Some(id), Direction::Ascending)]
        }
        ([(field, Direction::Ascending)], [value]) => vec![
            Stretch::Value(*field, value, id, Direction::Ascending),
            Stretch::NoValue(*field, None, Direction::Ascending),
        ],
        ([(field, Direction::Descending)], [Value::Null]) => {
            vec![Stretch::NoValue(*field, Some(id), Direction::Descending), Stretch::AnyValue(*field)]
        }
        ([(field, Direction::Descending)], [value]) => vec![Stretch::Value(*field, value, id, Direction::Descending)],
        _ => vec![Stretch::Fields(order, after)],
    }
}

fn is_id<F: Field>(field: F) -> bool {
    field.name() == "id"
}

fn sign(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => ">",
        Direction::Descending => "<",
    }
}

impl Query<'_> {
    /// Narrows it to a stretch.
    pub(super) fn and_within<F: Field>(&mut self, stretch: &Stretch<'_, F>) {
        let condition = match stretch {
            Stretch::Id(id, direction) => self.after_id(id, *direction),
            Stretch::Value(field, value, id, direction) => {
                let (value, id) = (self.bind((*value).clone()), self.bind(*id));
                let (key, sign) = (field.sort_key(), sign(*direction));
                let pairs = format!("({key}, id) {sign} ({value}, {id})");
                // SQLite finds the place in an index of an expression by a comparison of one value alone.
                if key.contains('(') { format!("{key} {sign}= {value} AND {pairs}") } else { pairs }
            }
            Stretch::AnyValue(field) => format!("{} IS NOT NULL", field.sort_key()),
            Stretch::NoValue(field, None, _) => format!("{} IS NULL", field.sort_key()),
            Stretch::NoValue(field, Some(id), direction) => {
                format!("{} IS NULL AND {}", field.sort_key(), self.after_id(id, *direction))
            }
            Stretch::Fields(order, after) => self.after_fields(order, after),
        };
        self.conditions = format!("{} AND {condition}", self.conditions);
    }

    fn after_id(&mut self, id: &str, direction: Direction) -> String {
        format!("id {} {}", sign(direction), self.bind(id))
    }

    /// The first field follows; or it is the same and the second follows, and so on; or all are the same and the id follows.
    fn after_fields<F: Field>(&mut self, order: &Order<F>, after: &Cursor) -> String {
        let mut alternatives = Vec::new();
        let mut same = String::new();
        for ((field, direction), value) in order.fields.iter().zip(after.values()) {
            let column = field.sort_key();
            match (value, direction) {
                (Value::Null, Direction::Ascending) => {}
                (Value::Null, Direction::Descending) => alternatives.push(format!("{same}{column} IS NOT NULL")),
                (value, Direction::Ascending) => {
                    alternatives.push(format!("{same}({column} > {} OR {column} IS NULL)", self.bind(value.clone())));
                }
                (value, Direction::Descending) => {
                    alternatives.push(format!("{same}{column} < {}", self.bind(value.clone())));
                }
            }
            same += &match value {
                Value::Null => format!("{column} IS NULL AND "),
                value => format!("{column} = {} AND ", self.bind(value.clone())),
            };
        }
        alternatives.push(format!("{same}{}", self.after_id(after.id(), order.id)));
        format!("({})", alternatives.join(" OR "))
    }
}
