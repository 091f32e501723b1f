//! What the OpenAPI document says of one handler, beside what the table of routes says of its route.

use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, ContentBuilder, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder, path};
use vestibule_web::access::{Access, Route};

use super::QueryParameter;
use crate::resources::Resource;
use crate::respond::{Exported, Many, One, PlainText, Reply, Sent};

/// Schemas by their names.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// A handler with a description, made by `#[describe(…)]`.
pub(crate) trait Described {
    /// Returns the description.
    fn describe() -> Operation;
}

/// The description of a handler.
pub(crate) struct Operation {
    id: &'static str,
    tag: &'static str,
    documentation: &'static str,
    query: Vec<&'static QueryParameter>,
    body: Option<(RefOr<Schema>, Option<Required>)>,
    content: Vec<(&'static str, Content)>,
    status: &'static str,
    errors: Vec<&'static str>,
    security: Option<&'static str>,
    schemas: Schemas,
}

/// Starts the description of a handler: its id, which names a client's function, and its group.
pub(crate) fn operation(id: &'static str, tag: &'static str) -> Operation {
    Operation {
        id,
        tag,
        documentation: "",
        query: Vec::new(),
        body: None,
        content: Vec::new(),
        status: "200",
        errors: Vec::new(),
        security: None,
        schemas: Vec::new(),
    }
}

impl Operation {
    /// Adds parameters of the query.
    pub(crate) fn query(mut self, parameters: &'static [QueryParameter]) -> Self {
        self.query.extend(parameters);
        self
    }

    /// Sets the body.
    pub(crate) fn body<T: ToSchema>(self) -> Self {
        let reference = Ref::from_schema_name(T::name()).into();
        self.with_body::<T>(reference, Some(Required::True))
    }

    /// Sets a body that may be absent.
    pub(crate) fn optional_body<T: ToSchema>(self) -> Self {
        let either = OneOfBuilder::new()
            .item(Ref::from_schema_name(T::name()))
            .item(ObjectBuilder::new().schema_type(Type::Null));
        self.with_body::<T>(either.into(), None)
    }

    fn with_body<T: ToSchema>(mut self, schema: RefOr<Schema>, required: Option<Required>) -> Self {
        collect::<T>(&mut self.schemas);
        self.body = Some((schema, required));
        self
    }

    /// Adds error statuses that the route's guard does not have.
    pub(crate) fn errors<const N: usize>(mut self, statuses: [&'static str; N]) -> Self {
        self.errors.extend(statuses);
        self
    }

    /// Sets the status of success to 201.
    pub(crate) fn created(mut self) -> Self {
        self.status = "201";
        self
    }

    /// Accepts a bearer token only.
    pub(crate) fn bearer(mut self) -> Self {
        self.security = Some("bearer");
        self
    }

    pub(crate) fn documented(mut self, documentation: &'static str) -> Self {
        self.documentation = documentation;
        self
    }

    /// Takes the content of the response from a handler's return type.
    pub(crate) fn sends<R: Sends>(mut self) -> Self {
        self.content.push((R::Content::MEDIA_TYPE, R::Content::content()));
        self.content.extend(R::Content::IN_ANOTHER_FORMAT.map(|media_type| (media_type, text())));
        R::Content::schemas(&mut self.schemas);
        self
    }

    /// Returns the operation at this route, and the schemas that it names.
    pub(super) fn at(self, route: &Route) -> (path::Operation, Schemas) {
        let (summary, description) = match self.documentation.split_once("\n\n") {
            Some((summary, description)) => (summary, Some(description)),
            None => (self.documentation, None),
        };
        let mut operation = OperationBuilder::new()
            .tag(self.tag)
            .operation_id(Some(self.id))
            .summary(Some(summary))
            .description(description);
        for name in names(route.path) {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
            operation = operation.parameter(
                parameter.required(Required::True).schema(Some(ObjectBuilder::new().schema_type(Type::String))),
            );
        }
        for parameter in self.query {
            operation = operation.parameter(parameter.build());
        }
        if let Some((schema, required)) = self.body {
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let body = RequestBodyBuilder::new().content("application/json", content).required(required);
            operation = operation.request_body(Some(body.build()));
        }
        // OpenAPI 3.1 requires a description.
        let description = if self.status == "201" { "Begun." } else { "Done." };
        let response = ResponseBuilder::new().description(description);
        let response = self
            .content
            .into_iter()
            .fold(response, |response, (media_type, content)| response.content(media_type, content));
        operation = operation.response(self.status, response);
        for error in super::responses::of(route, &self.errors) {
            operation = operation.response(error.status, Ref::from_response_name(error.name));
        }
        let accepted = match route.access {
            Access::Public => self.security.as_slice(),
            Access::Bearer => &["bearer"],
            Access::Policies(_) => &["bearer", "cookie", "basic"],
            _ => &["bearer", "cookie"],
        };
        for scheme in accepted {
            operation = operation.security(SecurityRequirement::new(*scheme, Vec::<String>::new()));
        }
        (operation.build(), self.schemas)
    }
}

/// Returns the names of the parameters in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Adds the schema of a type, and those that it names.
pub(super) fn collect<T: ToSchema>(schemas: &mut Schemas) {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
}

fn text() -> Content {
    ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build()
}

/// A handler's return type.
pub(crate) trait Sends {
    /// What it sends.
    type Content: Media;
}

impl<T: Media> Sends for Sent<T> {
    type Content = T;
}

impl<T: Media> Sends for Reply<T> {
    type Content = T;
}

/// The content of a response.
pub(crate) trait Media {
    /// Its type.
    const MEDIA_TYPE: &'static str;

    /// The type of the same content as text, if the request can ask for that.
    const IN_ANOTHER_FORMAT: Option<&'static str> = None;

    /// Returns its description.
    fn content() -> Content;

    /// Adds the schemas that the description names.
    fn schemas(schemas: &mut Schemas);
}

impl<T: ToSchema> Media for T {
    const MEDIA_TYPE: &'static str = "application/json";

    fn content() -> Content {
        ContentBuilder::new().schema(Some(Ref::from_schema_name(T::name()))).build()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<T>(schemas);
    }
}

impl<T: ToSchema> Media for Exported<T> {
    const MEDIA_TYPE: &'static str = "application/x-ndjson";
    const IN_ANOTHER_FORMAT: Option<&'static str> = Some("text/csv");

    fn content() -> Content {
        T::content()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<T>(schemas);
    }
}

impl Media for PlainText {
    const MEDIA_TYPE: &'static str = "text/plain";

    fn content() -> Content {
        text()
    }

    fn schemas(_: &mut Schemas) {}
}

impl<T: Resource> utoipa::PartialSchema for One<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().property(T::ONE, Ref::from_schema_name(T::name())).required(T::ONE).into()
    }
}

impl<T: Resource> ToSchema for One<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("One{}", T::name()).into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<T>(schemas);
    }
}

impl<T: Resource> utoipa::PartialSchema for Many<T> {
    fn schema() -> RefOr<Schema> {
        let things = Ref::from_schema_name(T::name()).to_array_builder();
        let mut schema = ObjectBuilder::new().property(T::MANY, things).required(T::MANY);
        for (name, about) in [("count", Some("How many match.")), ("offset", None), ("limit", None)] {
            let number = ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Int64)))
                .minimum(Some(0))
                .description(about);
            schema = schema.property(name, number);
            // A request may ask for no count.
            if name != "count" || !T::BY_CURSOR {
                schema = schema.required(name);
            }
        }
        if T::BY_CURSOR {
            schema = with_cursor(schema);
        }
        schema.into()
    }
}

/// Adds what the pages of a list that is read by cursor have besides.
fn with_cursor(schema: ObjectBuilder) -> ObjectBuilder {
    let is_minimum = ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .description(Some("True, where more match than `count=estimated` counts; absent otherwise."));
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The `after` of the next page; null on the last one. Only where the request has `after`."));
    schema.property("count_is_minimum", is_minimum).property("next", next)
}

impl<T: Resource> ToSchema for Many<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::PAGE.into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<T>(schemas);
    }
}
