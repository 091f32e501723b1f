//! Parameters of the query. Those of one route stand beside the code that reads them.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, Required};

/// A parameter of the query, as the document describes it.
pub(crate) struct QueryParameter {
    name: &'static str,
    about: &'static str,
    kind: Kind,
    required: bool,
    example: Option<&'static str>,
}

enum Kind {
    Text,
    Flag,
    Whole { least: i64, most: Option<i64> },
}

impl QueryParameter {
    const fn new(name: &'static str, about: &'static str, kind: Kind) -> Self {
        Self { name, about, kind, required: false, example: None }
    }

    /// A text.
    pub(crate) const fn text(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, Kind::Text)
    }

    /// `true` or `false`.
    pub(crate) const fn flag(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, Kind::Flag)
    }

    /// A whole number of at least `least`.
    pub(crate) const fn whole(name: &'static str, about: &'static str, least: i64) -> Self {
        Self::new(name, about, Kind::Whole { least, most: None })
    }

    /// Sets the largest number.
    pub(crate) const fn at_most(self, most: i64) -> Self {
        let kind = match self.kind {
            Kind::Whole { least, .. } => Kind::Whole { least, most: Some(most) },
            kind => kind,
        };
        Self { kind, ..self }
    }

    /// Makes it required.
    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Adds an example.
    pub(crate) const fn example(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }

    pub(super) fn build(&self) -> Parameter {
        let schema = ObjectBuilder::new();
        let schema = match self.kind {
            Kind::Text => schema.schema_type(Type::String),
            Kind::Flag => schema.schema_type(Type::Boolean),
            Kind::Whole { least, most } => schema
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
                .minimum(Some(least))
                .maximum(most),
        };
        let example = self.example.map(|example| match self.kind {
            Kind::Whole { .. } => example.parse::<i64>().unwrap_or_default().into(),
            _ => example.into(),
        });
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .description(Some(self.about))
            .required(if self.required { Required::True } else { Required::False })
            .schema(Some(schema))
            .example(example)
            .build()
    }
}

/// The fields of the response.
pub(crate) const FIELDS: QueryParameter =
    QueryParameter::text("fields", "`id,email` selects only these, `+metadata` adds a field, `-metadata` removes one.");

const SEARCH: QueryParameter = QueryParameter::text(
    "q",
    "Words, each of which must occur in a text field, in any order; a word of one or two characters where a word begins. Case, accents and apostrophes are ignored. The beginning of an id is found as well.",
);

const LIMIT: QueryParameter = QueryParameter::whole("limit", "The most rows to return.", 0);
const OFFSET: QueryParameter = QueryParameter::whole("offset", "How many rows to skip.", 0);
const ORDER: QueryParameter =
    QueryParameter::text("order", "The fields to sort by, separated by commas: `email`, `-created_at`.");

/// The page of a list without filters, which returns at most 1000 rows.
pub(crate) const ROWS: &[QueryParameter] =
    &[QueryParameter::whole("limit", "The most rows to return; at most 1000.", 0).example("50"), OFFSET];

/// The page of a list without filters, and its fields.
pub(crate) const PAGE: &[QueryParameter] = &[LIMIT, OFFSET, FIELDS];

/// The page of a sorted list.
pub(crate) const SORTED: &[QueryParameter] = &[LIMIT.example("50"), OFFSET, ORDER];

/// The page of a list, its filters and its fields. Every field of the response can be compared as well: `email=…`, `id[]=…`,
/// `created_at[$gt]=…` with `$eq`, `$ne`, `$in`, `$nin`, `$gt`, `$gte`, `$lt`, `$lte`, `$like` and `$ilike`, and conditions
/// joined by `$and[0][…]`, `$or[0][…]` and `$not[…]`.
pub(crate) const LIST: &[QueryParameter] = &[
    SEARCH,
    LIMIT.example("50"),
    OFFSET,
    ORDER,
    FIELDS,
    QueryParameter::flag("with_deleted", "Whether to include soft-deleted rows."),
];

/// The format of an export.
pub(crate) const FORMAT: QueryParameter = QueryParameter::text(
    "format",
    "`jsonl`, the default: a JSON object a line. `csv`: a table for spreadsheets, in which text that they would evaluate as a formula begins \
     with an apostrophe.",
)
.example("jsonl");

/// The filters of an export. Every field can be compared as in the list.
pub(crate) const EXPORT: &[QueryParameter] = &[SEARCH, FORMAT];

/// How to read a list of any length, page by page, and what to count.
pub(crate) const BY_CURSOR: &[QueryParameter] = &[
    QueryParameter::text(
        "after",
        "Where the page begins: empty for the first page, then the `next` of the page before, until it is null. Nothing is skipped or \
         returned twice, whatever is created or deleted in between, and the last page is as fast as the first. Not together with `offset`.",
    ),
    QueryParameter::text(
        "count",
        "`exact`, the default, counts all matches; `estimated` counts 10000 at most where no count is kept, and says with \
         `count_is_minimum` if there are more; `none` leaves `count` out.",
    )
    .example("exact"),
];
