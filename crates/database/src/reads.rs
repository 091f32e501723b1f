//! Reads of one row, and of single values. The same on the database, on a transaction and on either.

use vestibule_core::Value;

use crate::{Connection, Database, Error, FromRow, Row, Sql, Transaction};

/// The first column of a row.
pub(crate) struct Scalar<T>(pub(crate) Option<T>);

impl<T: TryFrom<Value, Error: std::error::Error>> FromRow for Scalar<T> {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        row.first_optional().map(Self)
    }
}

/// The value of a required row.
pub(crate) fn due<T>(value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::other("a statement returned nothing where a value was due"))
}

macro_rules! reads {
    ($($handle:ty, $receiver:ty;)*) => {
        $(impl $handle {
            /// Reads the one row of the result.
            ///
            /// # Errors
            ///
            /// Any [`Error`]; [`Error::Other`] if there is no row.
            pub async fn query_one<T: FromRow>(
                self: $receiver,
                statement: impl Into<Sql>,
                values: &[Value],
            ) -> Result<T, Error> {
                due(self.query_optional(statement, values).await?)
            }

            /// Reads the first row of the result, if it has one.
            ///
            /// # Errors
            ///
            /// Any [`Error`].
            pub async fn query_optional<T: FromRow>(
                self: $receiver,
                statement: impl Into<Sql>,
                values: &[Value],
            ) -> Result<Option<T>, Error> {
                Ok(self.query(statement, values).await?.into_iter().next())
            }

            /// Reads the value in the first column of the one row of the result.
            ///
            /// # Errors
            ///
            /// Any [`Error`]; [`Error::Other`] if there is no row or the value is null.
            pub async fn query_scalar<T: TryFrom<Value, Error: std::error::Error>>(
                self: $receiver,
                statement: impl Into<Sql>,
                values: &[Value],
            ) -> Result<T, Error> {
                due(self.query_scalar_optional(statement, values).await?)
            }

            /// Reads the value in the first column of the first row; `None` if there is no row or the value is null.
            ///
            /// # Errors
            ///
            /// Any [`Error`].
            pub async fn query_scalar_optional<T: TryFrom<Value, Error: std::error::Error>>(
                self: $receiver,
                statement: impl Into<Sql>,
                values: &[Value],
            ) -> Result<Option<T>, Error> {
                let found: Option<Scalar<T>> = self.query_optional(statement, values).await?;
                Ok(found.and_then(|scalar| scalar.0))
            }

            /// Reads the values in the first column of all rows.
            ///
            /// # Errors
            ///
            /// Any [`Error`]; [`Error::Other`] if a value is null.
            pub async fn query_scalars<T: TryFrom<Value, Error: std::error::Error>>(
                self: $receiver,
                statement: impl Into<Sql>,
                values: &[Value],
            ) -> Result<Vec<T>, Error> {
                let rows: Vec<Scalar<T>> = self.query(statement, values).await?;
                rows.into_iter().map(|scalar| due(scalar.0)).collect()
            }
        })*
    };
}

reads! {
    Database, &Self;
    Transaction, &mut Self;
    Connection<'_>, &mut Self;
}
