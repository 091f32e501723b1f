//! The order in which the rows of a list are read.

use vestibule_core::{Direction, Field, FindConfig};

/// The fields that a list is sorted by, and the direction of the id, which breaks ties.
#[derive(Debug, Clone)]
pub(super) struct Order<F> {
    pub(super) fields: Vec<(F, Direction)>,
    /// That of the last field, so that the opposite order is the opposite list.
    pub(super) id: Direction,
}

impl<F: Field> Order<F> {
    /// The order in which a page is read: the opposite of the list's, if it is read backwards. Fields that cannot be sorted by are
    /// left out.
    pub(super) fn of(find: &FindConfig<F>) -> Self {
        let fields = find.order.iter().copied().filter(|(field, _)| field.is_comparable()).collect::<Vec<_>>();
        let id = fields.last().map_or(Direction::Ascending, |(_, direction)| *direction);
        match find.reading().is_backwards() {
            false => Self { fields, id },
            true => Self {
                fields: fields.into_iter().map(|(field, direction)| (field, direction.opposite())).collect(),
                id: id.opposite(),
            },
        }
    }

    /// The end of a statement.
    pub(super) fn text(&self) -> String {
        let mut text = String::from(" ORDER BY ");
        for (field, direction) in &self.fields {
            let direction = match direction {
                Direction::Ascending => "ASC NULLS LAST",
                Direction::Descending => "DESC NULLS FIRST",
            };
            text.push_str(&format!("{} {direction}, ", field.sort_key()));
        }
        text.push_str(match self.id {
            Direction::Ascending => "id",
            Direction::Descending => "id DESC",
        });
        text
    }
}
