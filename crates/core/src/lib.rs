//! The types that every other crate of Vestibule uses. No I/O.
//!
//! ```
//! use serde_json::json;
//! use vestibule_core::{Direction, Environment, Field, FindConfig, Patch, SigningKey};
//!
//! vestibule_core::id!(BookId, "book");
//! vestibule_core::fields!(BookField { Id: "id" as Text, Title: "title" as Text });
//!
//! let id: BookId = Environment::system().id();
//! assert_eq!(id.to_string().parse(), Ok(id));
//! let filter = BookField::Title.eq("Emma").or(BookField::Id.eq(id));
//! let find = FindConfig::default().order_by(BookField::Title, Direction::Ascending).page(0, 20);
//! assert_eq!(find.take, Some(20));
//! assert_eq!(Patch::Clear.apply(Some("a subtitle")), None);
//!
//! let key = SigningKey::new(b"a secret of at least 32 random bytes");
//! let token = key.sign(&json!({ "sub": "book_1" }));
//! assert_eq!(key.read(&token), Ok(json!({ "sub": "book_1" })));
//! ```
//!
//! - [`mod@id`], [`id!`]: ids such as `user_01J…`, sortable by time, one type for each kind of thing
//! - [`EmailAddress`]: an e-mail address, as written and in canonical form; [`email`]: its limits
//! - [`Environment`]: the clock ([`time`]) and the randomness ([`random`]), always passed in; it creates ids
//! - [`Metadata`]: the free-form JSON object of users and invites; [`metadata`]: its limits
//! - [`Value`], [`fields!`], [`Filter`], [`FindConfig`], [`Selection`]: which rows, in which order, with which fields
//! - [`fn@fold`]: the form in which texts are searched
//! - [`names!`]: extensible lists of names, such as those of events
//! - [`SigningKey`]: signed tokens
//! - [`SealingKey`]: values that are encrypted in the database
//! - [`Patch`]: what an update does to a field
//! - [`Erasure`]: a person whose data is erased, and how rows that stay lose what names them
//! - [`OneOrMany`]: methods that take one item or several
//! - [`text_schema!`]: what the OpenAPI document says of types that are sent as text
//! - [`fn@link`]: URLs of pages with an encoded secret; [`unexpanded`]: variables that no shell has expanded
//! - [`CertificateProblem`]: what can be wrong with a server that is connected to
//! - [`trait@DomainError`], [`ErrorKind`]: the closed list of error kinds, from which HTTP statuses and pages follow
//!
//! Not here: I/O (the `database` crate), and any rule about users or identities.

// The derive macros' output names this crate, also within it.
extern crate self as vestibule_core;

mod address_list;
mod connection;
mod cursor;
pub mod email;
mod environment;
mod erasure;
mod error;
mod filter;
mod find;
mod fold;
pub mod id;
mod link;
pub mod metadata;
mod names;
mod one_or_many;
mod parts;
mod patch;
pub mod random;
mod repeated;
mod schema;
mod sealing;
mod selection;
mod signing;
pub mod time;
pub mod unexpanded;
mod value;

pub use address_list::split_addresses;
pub use connection::{CertificateProblem, Seconds};
pub use cursor::{Cursor, InvalidCursor};
pub use email::{EmailAddress, InvalidEmail};
pub use environment::Environment;
pub use erasure::Erasure;
pub use error::{DomainError, ErrorDetail, ErrorKind};
pub use filter::{Condition, Field, FieldKind, Filter, column_to_sort_by};
pub use find::{Before, Count, Counting, CursorPage, Direction, FindConfig, MOST_COUNTED, Page, Reading};
pub use fold::fold;
pub use link::{link, public_path};
pub use metadata::{InvalidMetadata, Metadata, MetadataPatch};
pub use one_or_many::OneOrMany;
pub use parts::Parts;
pub use patch::Patch;
pub use random::Random;
pub use repeated::Repeated;
pub use sealing::{InvalidSealedValue, SealingKey};
pub use selection::Selection;
pub use signing::{InvalidToken, SigningKey};
pub use time::{Clock, InvalidTimestamp, Timestamp};
pub use value::{Value, WrongType};
pub use vestibule_macros::DomainError;

#[doc(hidden)]
pub use ulid::Ulid as __Ulid;
#[cfg(feature = "openapi")]
#[doc(hidden)]
pub use utoipa as __utoipa;
