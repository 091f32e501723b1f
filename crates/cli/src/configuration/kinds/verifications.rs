//! What actors must verify before they can sign in.

use super::{Form, Kind, Problem, Raw, Shape, read_items};

/// Actors of one type can sign in only after they have verified one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredVerification {
    /// The actor type: `user`, `customer`, ….
    pub actor_type: String,
    /// What to verify: `email` by default.
    pub entity_type: String,
}

/// A list of [`RequiredVerification`]s.
#[derive(Debug)]
pub(in super::super) struct Verifications;

impl Form for Verifications {
    fn form(&self) -> String {
        "list of types of actors".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for Verifications {
    type Value = Vec<RequiredVerification>;

    fn read(&self, raw: &Raw) -> Result<Self::Value, Problem> {
        let word = |text: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            !text.is_empty() && text.chars().all(known)
        };
        let expected = "an actor type such as user, or with what to verify, such as customer:phone";
        read_items(raw, expected, |item| {
            let (actor_type, entity_type) = item.split_once(':').unwrap_or((item, "email"));
            let (actor_type, entity_type) = (actor_type.to_owned(), entity_type.to_owned());
            (word(&actor_type) && word(&entity_type)).then_some(RequiredVerification { actor_type, entity_type })
        })
    }
}
