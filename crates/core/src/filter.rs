//! What to find: conditions on fields, joined by and, or and not.
//!
//! The same values come out of a query string, a page's form and a Rust program; the `database` crate turns them into
//! SQL. A field's type decides what it may be compared with, so a filter that was built is one that can be run.

use std::fmt;

use crate::Value;

/// What a field holds, which decides what it can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text, compared byte by byte.
    Text,
    /// An e-mail address: equality compares the canonical form, `like` what was written.
    Email,
    /// A moment.
    Time,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A JSON document: shown, but neither compared nor sorted by.
    Json,
    /// Made when the row is read: shown, but neither compared nor sorted by.
    Derived,
}

/// The fields of one kind of thing: an enum made by [`fields!`](crate::fields!).
pub trait Field: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// Every field, in the order in which they are shown.
    const ALL: &'static [Self];

    /// Its name on the wire, which is its column's as well.
    fn name(self) -> &'static str;

    /// What it holds.
    fn kind(self) -> FieldKind;

    /// The field of this name.
    fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// Whether it can be compared and sorted by.
    fn is_comparable(self) -> bool {
        !matches!(self.kind(), FieldKind::Json | FieldKind::Derived)
    }

    /// `self` equals `value`.
    fn eq(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::Field(self, Condition::Eq(value.into()))
    }

    /// `self` is one of `values`.
    fn is_in<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Filter<Self> {
        Filter::Field(self, Condition::In(values.into_iter().map(Into::into).collect()))
    }

    /// `self` stands in this relation to a value.
    fn is(self, condition: Condition) -> Filter<Self> {
        Filter::Field(self, condition)
    }
}

/// What is asked of one field. `Value::Null` equals what is missing, and only that.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// `$eq`
    Eq(Value),
    /// `$ne`: true for what is missing, unless compared with it
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
    /// `$ilike`: the same, capitals aside
    Ilike(String),
}

/// Which rows are meant.
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
    /// `q`: this text, taken literally and capitals aside, is part of one of the text fields.
    Search(String),
}

impl<F> Default for Filter<F> {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl<F> Filter<F> {
    /// Every row.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Both this and `other`.
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

    /// This, or `other`, or both.
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

/// Makes the enum of a thing's fields: `fields!(/** … */ UserField { Id: "id" as Text, … })`.
#[macro_export]
macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $variant:ident: $text:literal as $kind:ident),* $(,)? }) => {
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
        }
    };
}
