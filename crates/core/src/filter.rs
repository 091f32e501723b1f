//! Filters: conditions on fields, joined by and, or and not.
//!
//! Query strings, forms and Rust programs produce the same values; the `database` crate turns them into SQL. A field's
//! type decides what it may be compared with, so every filter that was built can be run.

use std::fmt;

use crate::Value;

/// What a field holds, which decides what it can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text, compared byte by byte.
    Text,
    /// An e-mail address: equality compares the canonical form, `like` the address as written.
    Email,
    /// A point in time.
    Time,
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A JSON document: returned, but neither compared nor sorted by.
    Json,
    /// Computed when the row is read: returned, but neither compared nor sorted by.
    Derived,
}

/// The fields of one type: an enum made by [`fields!`](crate::fields!).
pub trait Field: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// Every field, in display order.
    const ALL: &'static [Self];

    /// Returns the field's name on the wire, which is also its column's.
    fn name(self) -> &'static str;

    /// Returns what the field holds.
    fn kind(self) -> FieldKind;

    /// Returns what the database sorts by: the field's column, or an expression. Both need an index.
    fn sort_key(self) -> String {
        column_to_sort_by(self.name(), self.kind())
    }

    /// Returns the field of this name.
    fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// Returns whether the field can be compared and sorted by.
    fn is_comparable(self) -> bool {
        !matches!(self.kind(), FieldKind::Json | FieldKind::Derived)
    }

    /// Matches rows whose field equals `value`.
    fn eq(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::Field(self, Condition::Eq(value.into()))
    }

    /// Matches rows whose field is one of `values`.
    fn is_in<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Filter<Self> {
        Filter::Field(self, Condition::In(values.into_iter().map(Into::into).collect()))
    }

    /// Matches rows whose field fulfils `condition`.
    fn is(self, condition: Condition) -> Filter<Self> {
        Filter::Field(self, condition)
    }
}

/// Returns the column that a field is sorted by, unless it has a key of its own.
pub fn column_to_sort_by(name: &str, kind: FieldKind) -> String {
    match kind {
        FieldKind::Email => format!("{name}_canonical"),
        _ => name.to_owned(),
    }
}

/// A condition on one field. `Value::Null` equals a missing value, and only that.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// `$eq`
    Eq(Value),
    /// `$ne`: true for a missing value, unless compared with it
    Ne(Value),
    /// `$in`
    In(Vec<Value>),
    /// `$nin`
    Nin(Vec<Value>),
    /// `$gt`
    Gt(Value),
    /// `$gte`
    Gte(Value),
    /// `$lt`
    Lt(Value),
    /// `$lte`
    Lte(Value),
    /// `$like`: `%` any run of characters, `_` any one, `\` takes the next as it is
    Like(String),
    /// `$ilike`: the same, ignoring case
    Ilike(String),
}

/// Which rows match.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter<F> {
    /// `$and`: all of these; an empty list is every row.
    All(Vec<Filter<F>>),
    /// `$or`: any of these; an empty list is no row.
    Any(Vec<Filter<F>>),
    /// `$not`
    Not(Box<Filter<F>>),
    /// A condition on one field.
    Field(F, Condition),
    /// `q`: every word of this text occurs in the row: words of three and more characters anywhere in a text field, shorter
    /// ones where a word begins; the beginning of an id, too. Case, accents and apostrophes are ignored (see
    /// [`fold`](crate::fold())), everything else is literal.
    Search(String),
}

impl<F> Default for Filter<F> {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl<F> Filter<F> {
    /// Matches every row.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Matches rows that match both this and `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut filters) => {
                filters.push(other);
                Self::All(filters)
            }
            filter => Self::All(vec![filter, other]),
        }
    }

    /// Makes the same filter of other fields.
    pub fn map<G>(self, change: fn(F) -> G) -> Filter<G> {
        let each = |filters: Vec<Self>| filters.into_iter().map(|filter| filter.map(change)).collect();
        match self {
            Self::All(filters) => Filter::All(each(filters)),
            Self::Any(filters) => Filter::Any(each(filters)),
            Self::Not(filter) => Filter::Not(Box::new(filter.map(change))),
            Self::Field(field, condition) => Filter::Field(change(field), condition),
            Self::Search(text) => Filter::Search(text),
        }
    }

    /// Matches rows that match this, `other` or both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Any(vec![self, other])
    }
}

impl<F> std::ops::Not for Filter<F> {
    type Output = Self;
    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// Makes the enum of a type's fields: `fields!(/** … */ UserField { Id: "id" as Text, … })`.
#[macro_export]
macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $variant:ident: $text:literal as $kind:ident $(by $key:literal)?),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = ::std::concat!("`", $text, "`")] $(#[$field_doc])* $variant,)*
        }

        impl $crate::Field for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            fn kind(self) -> $crate::FieldKind {
                match self {
                    $(Self::$variant => $crate::FieldKind::$kind,)*
                }
            }

            fn sort_key(self) -> String {
                $($(if self == Self::$variant {
                    return $key.to_owned();
                })?)*
                $crate::column_to_sort_by($crate::Field::name(self), $crate::Field::kind(self))
            }
        }
    };
}
