//! The types that every other crate of Vestibule uses. No I/O.
//!
//! - [`mod@id`]: ids such as `user_01J…`, sortable by time, one type for each kind of thing
//! - [`email`]: e-mail addresses, as written and in canonical form
//! - [`time`], [`random`], [`environment`]: the clock and randomness, always passed in
//! - [`metadata`]: the free-form JSON object of users and invites
//! - [`value`], [`filter`], [`find`], [`selection`]: which rows, in which order, with which fields
//! - [`mod@names`]: extensible lists of names, such as those of events
//! - [`signing`]: signed tokens
//! - [`sealing`]: values that are encrypted in the database
//! - [`patch`]: what an update does to a field
//! - [`one_or_many`]: methods that take one item or several
//! - [`schema`]: what the OpenAPI document says of types that are sent as text
//! - [`mod@link`]: URLs of pages with an encoded secret
//! - [`connection`]: what can be wrong with a server that is connected to
//! - [`error`]: the closed list of error kinds, from which HTTP statuses and pages follow
//!
//! Not here: I/O (the `database` crate), and any rule about users or identities.

// The derive macros' output names this crate, also within it.
extern crate self as vestibule_core;

mod address_list;
pub mod connection;
pub mod email;
pub mod environment;
pub mod error;
pub mod filter;
pub mod find;
pub mod id;
pub mod link;
pub mod metadata;
pub mod names;
pub mod one_or_many;
pub mod patch;
pub mod random;
pub mod schema;
pub mod sealing;
pub mod selection;
pub mod signing;
pub mod time;
pub mod unexpanded;
pub mod value;

pub use address_list::split_addresses;
pub use connection::{CertificateProblem, Seconds};
pub use email::{EmailAddress, InvalidEmail};
pub use environment::Environment;
pub use error::{DomainError, ErrorKind};
pub use filter::{Condition, Field, FieldKind, Filter};
pub use find::{Direction, FindConfig, Page};
pub use link::link;
pub use metadata::{InvalidMetadata, Metadata, MetadataPatch};
pub use one_or_many::OneOrMany;
pub use patch::Patch;
pub use random::Random;
pub use sealing::{InvalidSealedValue, SealingKey};
pub use selection::Selection;
pub use signing::{InvalidToken, SigningKey};
pub use time::{Clock, InvalidTimestamp, Timestamp};
pub use value::{Value, WrongType};
pub use vestibule_macros::DomainError;

#[doc(hidden)]
pub use ulid::Ulid as __Ulid;
