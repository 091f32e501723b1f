//! The query of a list: filters, order, page and fields.
//!
//! Every comparable field of the list accepts a value (`email=a@x.test`, `first_name=null`), several (`id[]=…&id[]=…`) or
//! operators (`created_at[$gt]=…`); `$and`, `$or` and `$not` join them, and `q` searches. The reference accepts less:
//! operators for times only, lists for ids only, and it ignores what it does not know inside `$and` and `$or`.

mod condition;
mod filter;
mod order;

use vestibule_core::{Direction, Field, Filter, FindConfig, Selection};
use vestibule_web::ExportFormat;

use super::{InvalidRequest, Parameters, Query};

/// The most rows of a page. A larger `limit` is reduced to it, and the response has the `limit` that took effect, so that a
/// client that continues with it skips nothing.
pub const MAX_TAKE: u64 = 1_000;

/// What a list accepts.
#[derive(Debug, Clone, Copy)]
pub struct Listing<F: 'static> {
    /// The fields that can be filtered by, in the order in which the reference reports faults.
    pub fields: &'static [F],
    /// Whether `q` searches the text fields.
    pub search: bool,
    /// How many rows a page has by default.
    pub limit: u64,
}

/// A request of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct FindRequest<F> {
    /// The rows that match.
    pub filter: Filter<F>,
    /// Their page and order.
    pub find: FindConfig<F>,
    /// Their fields.
    pub selection: Selection<F>,
    /// The limit that took effect, for the response.
    pub limit: u64,
    /// The requested offset, for the response.
    pub offset: u64,
    /// Whether the response has the `next` that leads to the next page.
    pub has_next: bool,
}

impl<F: Field> Listing<F> {
    /// Reads a list's query.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] for unknown parameters, fields and operators, for values of another type than the field's, and
    /// for more than [`MAX_CONDITIONS`](filter::MAX_CONDITIONS) conditions.
    pub fn read(&self, query: &Query) -> Result<FindRequest<F>, InvalidRequest> {
        self.read_with(query, None)
    }

    /// Reads a list's query, in which `after` names the place to begin after, and `count` says how to count. Without `order` the
    /// list has the default order.
    ///
    /// # Errors
    ///
    /// As for [`Listing::read`]; also for an `after` that no response had as its `next`, or that belongs to another order.
    pub fn read_by_cursor(
        &self,
        query: &Query,
        default_order: &[(F, Direction)],
    ) -> Result<FindRequest<F>, InvalidRequest> {
        self.read_with(query, Some(default_order))
    }

    fn read_with(&self, query: &Query, by_cursor: Option<&[(F, Direction)]>) -> Result<FindRequest<F>, InvalidRequest> {
        let mut parameters = Parameters::of(query);
        // In the order in which the reference checks them.
        let selection = parameters.selection();
        let offset = parameters.count("offset", 0);
        let limit = parameters.limit(self.limit);
        let order = parameters.text("order").map(|text| order::read(text, parameters.leave([]))).unwrap_or_default();
        let with_deleted = parameters.flag("with_deleted");
        let filter = filter::read(self, query, parameters.leave(filter::names(self)));
        let mut find = FindConfig { order, skip: offset, take: Some(limit), with_deleted, ..FindConfig::default() };
        let mut has_next = false;
        if let Some(default_order) = by_cursor {
            if find.order.is_empty() {
                find.order = default_order.to_vec();
            }
            find.counting = parameters.counting();
            (find.after, has_next) = parameters.after(&find.order, offset);
        }
        parameters.finish(FindRequest { filter, find, selection, limit, offset, has_next })
    }

    /// Reads the filters of an export and its format, neither page nor order; `more` reads what else the route has.
    ///
    /// # Errors
    ///
    /// As for [`Listing::read`].
    pub fn read_export<T>(
        &self,
        query: &Query,
        more: impl FnOnce(&mut Parameters<'_>) -> T,
    ) -> Result<(Filter<F>, ExportFormat, T), InvalidRequest> {
        let mut parameters = Parameters::of(query);
        let more = more(&mut parameters);
        let format = parameters.format();
        let filter = filter::read(self, query, parameters.leave(filter::names(self)));
        parameters.finish((filter, format, more))
    }
}

#[cfg(test)]
mod tests {
    use vestibule_core::Direction;

    use super::*;

    vestibule_core::fields!(
        /// Fields for the tests of this folder, those of a user and a few more.
        Sample {
            Id: "id" as Text,
            Email: "email" as Email,
            FirstName: "first_name" as Text,
            CreatedAt: "created_at" as Time,
            Accepted: "accepted" as Bool,
            Tries: "tries" as Int,
            Metadata: "metadata" as Json,
            Token: "token" as Derived,
        }
    );

    const SAMPLES: Listing<Sample> = Listing {
        fields: &[Sample::Id, Sample::CreatedAt, Sample::Email, Sample::FirstName, Sample::Accepted, Sample::Tries],
        search: true,
        limit: 50,
    };

    pub(super) fn find(raw: &str) -> Result<FindRequest<Sample>, String> {
        SAMPLES.read(&Query::parse(raw).unwrap()).map_err(|error| error.messages.join("; "))
    }

    #[test]
    fn an_empty_query_is_the_first_page_of_everything() {
        let request = find("").unwrap();
        assert_eq!(request.filter, Filter::everything());
        assert_eq!(request.find, FindConfig::default().page(0, 50));
        assert_eq!(request.selection, Selection::Default);
        assert_eq!((request.limit, request.offset), (50, 0));
    }

    #[test]
    fn page_order_and_fields_are_read() {
        let request = find("limit=2&offset=4&order=-email&with_deleted=true&fields=email").unwrap();
        let expected = FindConfig::default().page(4, 2).with_deleted().order_by(Sample::Email, Direction::Descending);
        assert_eq!(request.find, expected);
        assert_eq!(request.selection, Selection::Only(vec![Sample::Email]));

        assert_eq!(find("limit=0").unwrap().find.take, Some(0));
        let request = find("limit=1000000").unwrap();
        assert_eq!((request.limit, request.find.take), (MAX_TAKE, Some(MAX_TAKE)));
    }

    #[test]
    fn an_export_has_a_format_and_neither_page_nor_order() {
        let read = |raw: &str| {
            let query = Query::parse(raw).unwrap();
            let export = SAMPLES.read_export(&query, |parameters| parameters.selection::<Sample>());
            export.map_err(|error| error.messages.join("; "))
        };
        let filter = find("email=a@x.test").unwrap().filter;
        let selection = Selection::Only(vec![Sample::Id]);
        assert_eq!(read("email=a@x.test&fields=id"), Ok((filter.clone(), ExportFormat::JsonLines, selection)));
        assert_eq!(read("email=a@x.test&format=csv"), Ok((filter, ExportFormat::Csv, Selection::Default)));
        assert_eq!(read("limit=1&order=id&offset=2").unwrap_err(), "Unrecognized fields: 'limit, order, offset'");
        for raw in ["format=", "format=CSV", "format=xlsx"] {
            let message = "Invalid value for field 'format': expected 'csv' or 'jsonl'";
            assert_eq!(read(raw).unwrap_err(), message, "{raw}");
        }
    }

    /// notes A2, A9, and the order that the reference uses
    #[test]
    fn faults_are_reported_in_the_order_of_the_reference() {
        for (raw, message) in [
            ("nosuch=1&other=2", "Unrecognized fields: 'nosuch, other'"),
            ("take=1", "Unrecognized fields: 'take'"),
            ("metadata=x", "Unrecognized fields: 'metadata'"),
            (
                "nosuch=1&limit=abc&offset=abc",
                "Expected type: 'number' for field 'offset', got: 'abc'; \
                 Expected type: 'number' for field 'limit', got: 'abc'; Unrecognized fields: 'nosuch'",
            ),
            (
                "$or=x&email[0][a]=x&q[]=x&with_deleted=x&order[]=x&fields[]=x",
                "Expected type: 'string' for field 'fields', got: 'x'; \
                 Expected type: 'string' for field 'order', got: 'x'; \
                 Expected type: 'boolean' for field 'with_deleted', got: 'x'; \
                 Expected type: 'string' for field 'q', got: 'x'; \
                 Expected type: 'string' for field 'email', got: '[object Object]'; \
                 Expected type: 'array' for field '$or', got: 'x'",
            ),
        ] {
            assert_eq!(find(raw).unwrap_err(), message, "{raw}");
        }
    }
}
