//! A statement's text: the same for both engines, or one for each side by side.

use std::borrow::Cow;

/// The engine behind a [`Database`](crate::Database).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// The text of a statement, with `$1`, `$2`, … for its values.
#[derive(Debug, Clone)]
pub struct Sql(Text);

#[derive(Debug, Clone)]
enum Text {
    Same(Cow<'static, str>),
    PerEngine { sqlite: &'static str, postgres: &'static str },
}

impl Sql {
    /// Two texts, where the engines truly differ. A test lists every use.
    pub const fn per_engine(sqlite: &'static str, postgres: &'static str) -> Self {
        Self(Text::PerEngine { sqlite, postgres })
    }

    pub(crate) fn text(&self, engine: Engine) -> &str {
        match (&self.0, engine) {
            (Text::Same(text), _) => text,
            (Text::PerEngine { sqlite, .. }, Engine::Sqlite) => sqlite,
            (Text::PerEngine { postgres, .. }, Engine::Postgres) => postgres,
        }
    }

    /// Whether to cache the prepared statement. Texts built at run time are not cached: a caller with ever new filters
    /// must not fill the statement caches.
    pub(crate) fn is_fixed(&self) -> bool {
        !matches!(self.0, Text::Same(Cow::Owned(_)))
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self(Text::Same(Cow::Borrowed(text)))
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Self {
        Self(Text::Same(Cow::Owned(text)))
    }
}

impl From<&Sql> for Sql {
    fn from(sql: &Sql) -> Self {
        sql.clone()
    }
}
